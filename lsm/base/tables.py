"""Tables in CSV files, as programs and people write them."""

from __future__ import annotations

import csv
import os
from collections.abc import Collection

from lsm.base.files import LoadError, expanded, refusing

Row = dict[str, str]


def read_table(
    path: str | os.PathLike[str], needed: Collection[str] = (), optional: Collection[str] = ()
) -> list[Row]:
    """The rows of a table by the names of its columns.

    Parameters
    ----------
    path : path
        Text in UTF-8, with or without the byte order mark that spreadsheets put before it.
    needed, optional : collection of str
        Columns that must, or may, be there. What others there are doesn't matter.

    Raises
    ------
    LoadError
        Not such a file, columns are missing, or a row has other fields than there are columns.
    OSError
        It can't be opened.
    """
    with (
        open(expanded(path), newline="", encoding="utf-8-sig") as file,
        refusing(path, "a table of comma-separated values"),
    ):
        lines = csv.reader(file)
        columns = next(lines, [])
        rows = []
        for fields in lines:
            if not fields:  # an empty line
                continue
            if len(fields) != len(columns):
                raise ValueError(
                    f"expected {len(columns)} fields, {', '.join(columns)}; got {len(fields)} in "
                    f"line {lines.line_num}"
                )
            rows.append(dict(zip(columns, fields, strict=True)))
    if not set(needed) <= set(columns) or len(set(columns)) < len(columns):
        also = f" and, optionally, {', '.join(optional)}" if optional else ""
        raise LoadError(
            f"{path}: expected columns {', '.join(needed)}{also}, each once; got "
            f"{', '.join(columns) or 'none'}"
        )
    return rows
