"""The strip of thumbnails below the controls: which clips there are, and what part of the chosen one is used.

It also carries what the server knows of the visitor's own clip to the page, and with it to the menus of all tabs
(shared/forms.js); pictures come by themselves (shared/pictures.py).
"""

from __future__ import annotations

from typing import Any

from vae_demo.clips import Limits
from vae_demo.models.loading import auto_dtype, best_device
from vae_demo.models.processor import multiplies_bfloat16
from vae_demo.models.spec import MODELS
from vae_demo.views.shared import samples
from vae_demo.views.shared.component import Component, component_script


def models_in_forms() -> dict[str, dict[str, Any]]:
    """What tells whether two forms ask for the same run; see shared/same_run.js.

    counted: whether what a run of it needs in memory can be told (shared/needs.js). halves: whether it takes about half
    the time in bfloat16, as a large model of two halves does on a CPU that multiplies it. The bundled ones are too
    small, and of others that was not measured.
    """
    device = best_device()
    fast = device == "cpu" and multiplies_bfloat16()
    return {name: {"own": spec.own.label, "multiple": spec.spatial_factor, "dtype": auto_dtype(spec, device),
                   "counted": spec.memory is not None,
                   "halves": fast and spec.on_hub and not spec.cuts_time} for name, spec in MODELS.items()}


class ClipStrip(Component):
    """value: {"own": `own_facts` of the visitor's clip, None where it is gone}; left out, the last one known stays.

    Events without a request: `menu` fills the menu of clips, `part` first frame and number of frames.
    """

    def __init__(self, tab: str, **kwargs: Any) -> None:
        script = component_script(
            "shared/clip_strip.js", "startStrip", ("page", "strip"), tab=tab, samples=samples.sample_facts(),
            most=Limits().max_frames)
        super().__init__(None, script, ("menu", "part"), **kwargs)
