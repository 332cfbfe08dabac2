"""A study's rows as Parquet and CSV. The same rows give the same bytes: nothing in a file says when it was written."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from vae_demo.studies.rows import Column, Row

# Rows of a row group: a study of a thousand clips has a million frames, which need not be in memory at once.
AT_ONCE = 1 << 16
_TYPES = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}
# What a spreadsheet would take for a formula at the start of a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def schema_of(columns: Sequence[Column], about: Mapping[str, str]) -> pa.Schema:
    """Every field with its unit and its meaning; about: of the whole file."""
    fields = [pa.field(column.name, _TYPES[column.dtype], metadata={
        name: text for name, text in (("unit", column.unit), ("meaning", column.meaning())) if text})
        for column in columns]
    return pa.schema(fields, metadata=dict(about))


def write_parquet(rows: Iterable[Row], columns: Sequence[Column], path: Path, about: Mapping[str, str]) -> int:
    """How many rows were written. Raises OSError, and ValueError for what a column cannot hold."""
    schema, n_rows = schema_of(columns, about), 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in _parts(rows):
            writer.write_table(pa.table({
                field.name: pa.array([row[field.name] for row in part], field.type) for field in schema}, schema))
            n_rows += len(part)
    return n_rows


def write_csv(rows: Iterable[Row], columns: Sequence[Column], path: Path) -> None:
    """Numbers to their last digit, truth as 1 and 0, an empty cell where nothing is known."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in columns)
        writer.writerows([cell(row[column.name]) for column in columns] for row in rows)


def write_summary(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Rows that all have the names of the first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number, row in enumerate(rows):
            if not number:
                writer.writerow(row)
            writer.writerow(map(cell, row.values()))


def cell(value: Any) -> Any:
    """A value as CSV has it. A name that a spreadsheet would run as a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return repr(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while part := list(islice(left, AT_ONCE)):
        yield part
