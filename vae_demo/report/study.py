"""A study on disk: study.json, study.csv, summary.csv, variants.parquet, frames.parquet and study.html (one file, no
script, no request)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from vae_demo.clips.files import display_name
from vae_demo.refusal import Refusal
from vae_demo.report.study_page import study_page
from vae_demo.studies.files import write_csv, write_parquet, write_summary
from vae_demo.studies.record import STUDY_JSON, named, save_record, study_record, summary_rows
from vae_demo.studies.rows import Study, frame_columns, variant_columns

FILES = ("variants.parquet", "frames.parquet", "study.csv", "summary.csv", "study.html", STUDY_JSON)


def save_study(study: Study, directory: Path, language: str = "en") -> dict:
    """Write FILES into `directory`, which is created; study.json comes last, so a folder that has it is complete.

    Returns the mapping of study.json. Nothing changes before all of it is written. Raises Refusal "write_failed" where
    the folder cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=directory) as name:
            record = _write(study, Path(name), language)
            (directory / STUDY_JSON).unlink(missing_ok=True)
            for file in FILES:
                os.replace(Path(name) / file, directory / file)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise Refusal("write_failed", name=display_name(str(directory)), reason=reason) from error
    return record


def _write(study: Study, folder: Path, language: str) -> dict:
    scores, about = study.protocol.scores, {"study": named(study.protocol).to_toml()}
    columns = variant_columns(scores, study.protocol.inspect)
    record = study_record(study)
    write_parquet(study.variants, columns, folder / "variants.parquet", about)
    write_parquet(study.frames, frame_columns(scores), folder / "frames.parquet", about)
    write_csv(study.variants, columns, folder / "study.csv")
    write_summary(summary_rows(record), folder / "summary.csv")
    (folder / "study.html").write_text(study_page(record, language), encoding="utf-8")
    save_record(record, folder / STUDY_JSON)
    return record
