"""What is known about other video VAEs: frame counts, measured or by a table made of a rule, each with its source."""

from vae_demo.families.answers import Answer, answer, to_json
from vae_demo.families.catalogue import FAMILIES, SETTINGS, Family, Setting, find
from vae_demo.families.tables import Counts, counts

__all__ = ["FAMILIES", "SETTINGS", "Answer", "Counts", "Family", "Setting", "answer", "counts", "find", "to_json"]
