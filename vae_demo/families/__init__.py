"""What is known about other video VAEs: frame counts, measured or by a closed rule, each with its source."""

from vae_demo.families.answers import Answer, answer, to_json
from vae_demo.families.catalogue import FAMILIES, SETTINGS, Family, Setting, find
from vae_demo.families.rules import Counts, counts

__all__ = ["FAMILIES", "SETTINGS", "Answer", "Counts", "Family", "Setting", "answer", "counts", "find", "to_json"]
