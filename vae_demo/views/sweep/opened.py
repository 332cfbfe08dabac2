"""A sweep that somebody brings: read strictly, kept like a run. Its table and page are written anew from its record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vae_demo.clips.files import display_name
from vae_demo.models.spec import MODELS
from vae_demo.report.sweep import save_sweep
from vae_demo.results.foreign_sweep import Known, read_foreign_sweep
from vae_demo.results.sweep import SWEEP_JSON
from vae_demo.verdicts import judged_sizes
from vae_demo.views.shared.brought import NewFolder, in_new_folder, record_in, uploads
from vae_demo.views.sweep import run as sweep_run
from vae_demo.views.sweep.figure import sweep_value


def open_files(told: Any, new_folder: NewFolder) -> tuple[dict, Path]:
    """The figure's value for files that a visitor brought, and the folder that new_folder gave for so many bytes.

    told: what the browser said of the uploads, one sweep.json among them; the others are not needed. Raises Refusal.
    """
    with uploads(told) as paths:
        record = record_in(paths, SWEEP_JSON)
        name = display_name(str(record))
        sweep = read_foreign_sweep(record, name, _known)
        sweep = judged_sizes(sweep, MODELS[sweep.model].rule)
        folder = in_new_folder([], new_folder, lambda folder: save_sweep(sweep, folder))
    data = sweep.to_json()
    settings = {**sweep_run.settings_of(data, sweep.clip["name"]), "upload": True, "opened": True}
    return {**sweep_value(data, folder, None, None, settings=settings), "opened_from": name}, folder


def _known(model: str) -> Known | None:
    spec = MODELS.get(model)
    return spec and Known(spec.rule, spec.own.label, spec.trained_lengths)
