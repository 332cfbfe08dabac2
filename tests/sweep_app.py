"""The running app with a model of random weights, one sample clip and its saved sweeps, for tests of the Sweep tab."""

import gc
import warnings
from contextlib import contextmanager

import pytest
from fabricated import moving_clip
from fabricated_sweep import sweep
from random_models import tiniest

from vae_demo.clips import write_video
from vae_demo.report.sweep import save_sweep
from vae_demo.views import handlers
from vae_demo.views.page import build_page, launch_options

FRAMES, SIDE = 34, 64


def make_assets(root):
    """A sample clip, and made-up sweeps of it by both small models: what the tab shows first."""
    (root / "clips").mkdir()
    write_video(root / "clips" / "harbour.mp4", iter(moving_clip(FRAMES, SIDE, SIDE)), 24)
    save_sweep(sweep(), root / "examples" / "sweep-harbour-tiny-17")
    save_sweep(sweep(model="tiny-mixed", breaks=4, trained=(1, 34)), root / "examples" / "sweep-harbour-tiny-mixed")
    return root


@contextmanager
def placed(assets):
    """The app's own clips and saved results replaced by those of make_assets, its models by random ones."""
    vae = tiniest()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handlers, "vae_for", lambda model, device: vae)
        patch.setattr(handlers, "CLIPS", assets / "clips")
        patch.setattr(handlers, "EXAMPLES", assets / "examples")
        _forget()
        try:
            yield patch
        finally:
            _forget()


@contextmanager
def serving(assets, kept):
    """Address of the app; `kept` is where it keeps what visitors leave."""
    with placed(assets) as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(kept))
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        page = build_page()
        _, address, _ = page.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **launch_options())
        try:
            yield address
        finally:
            page.close(verbose=False)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                gc.collect()


def _forget():
    for known in (handlers.sample_names, handlers.sample_facts):
        known.cache_clear()
