"""What the numbers say, as data: one finding per variant, a headline for all; the sentences are in words/."""

from vae_demo.verdicts.equal import EQUAL_MEAN_DB, EQUAL_WORST_DB, is_equal
from vae_demo.verdicts.sizes import judged_sizes, swept
from vae_demo.verdicts.variants import WAITING, headline, judged, p_text, seam_strength, verdict

__all__ = [
    "EQUAL_MEAN_DB", "EQUAL_WORST_DB", "WAITING", "headline", "is_equal", "judged", "judged_sizes", "p_text",
    "seam_strength", "swept", "verdict"]
