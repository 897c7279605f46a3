"""Labels of a folder or a zip: from `labels.csv`, else from the first sub-folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganzoo.data.contents import LABEL_TABLE, Unreadable
from ganzoo.data.shown import plain
from ganzoo.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_LABEL = -1


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """One label an image.

    Attributes:
        indices: [N] int64 into `classes`; -1 where an image has no label.
        classes: names of the labels, sorted.
        missing: files that a label table names and that are not among the images.
        disputed: files to which it gives two labels.
        notes: what does not fit, in words.
    """

    indices: NDArray[np.int64]
    classes: tuple[str, ...]
    missing: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find_labels(names: Sequence[str], tables: Collection[str], read: Callable[[str], bytes]) -> Labels | None:
    """Labels of the images called `names`, or None where there are none.

    A folder that holds nothing but one folder counts for that one, as a zip made of a folder does.

    Args:
        names: relative, with `/`.
        tables: names of the label tables there are.
        read: gives a table's bytes.

    Raises:
        UsageError: `labels.csv` is there and is no such table.
    """
    tops = ("", _wrapper(names))
    for top in tops:
        if top + LABEL_TABLE in tables:
            try:
                table = read(top + LABEL_TABLE)
            except Unreadable as error:
                raise UsageError(f"labels.csv: {error}") from error
            return _from_table(names, top, _parse(table))
    for top in reversed(tops):
        inner = [name.removeprefix(top) for name in names]
        if inner and all("/" in name for name in inner):
            return _indexed([name.split("/", 1)[0] for name in inner])
    return None


def _wrapper(names: Sequence[str]) -> str:
    """`folder/` where all images lie in that one folder, else an empty string."""
    firsts = {name.split("/", 1)[0] if "/" in name else "" for name in names}
    (only,) = firsts if len(firsts) == 1 else ("",)
    return f"{only}/" if only else ""


def _parse(data: bytes) -> dict[str, list[str]]:
    """File -> the labels its rows give."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"labels.csv cannot be read: {error}", hint="it must be CSV text in UTF-8") from error
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if header != ["file", "label"]:
        raise UsageError(
            f"labels.csv begins with `{plain(','.join(header))}`", hint="its first line must be `file,label`"
        )
    labels: dict[str, list[str]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != 2:
            raise UsageError(
                f"row {number} of labels.csv has {len(row)} cells, not 2",
                hint='a name or label with a comma is written in quotes: "a,b.png",cat',
            )
        labels.setdefault(row[0].removeprefix("./"), []).append(row[1].strip())
    return labels


def _from_table(names: Sequence[str], top: str, table: dict[str, list[str]]) -> Labels:
    labels = _indexed([table.get(name.removeprefix(top), [""])[0] for name in names])
    notes: list[str] = []
    known = {name.removeprefix(top) for name in names}
    missing = [file for file in table if file not in known]
    unlabelled = [name for name, index in zip(names, labels.indices, strict=True) if index == NO_LABEL]
    disputed = [file for file, given in table.items() if len(set(given)) > 1]
    for files, what in (
        (missing, "files named in labels.csv are not among the images"),
        (unlabelled, "images have no label in labels.csv and are left out"),
        (disputed, "files have two labels in labels.csv; the first one counts"),
    ):
        if files:
            notes.append(f"{len(files):,} {what} ({plain(files[0])}{', ...' if len(files) > 1 else ''})")
    return Labels(labels.indices, labels.classes, tuple(missing), tuple(disputed), tuple(notes))


def _indexed(labels: Sequence[str]) -> Labels:
    """Label names as indices into the sorted classes; an empty name is no label."""
    classes = tuple(sorted(set(labels) - {""}))
    index = {name: number for number, name in enumerate(classes)} | {"": NO_LABEL}
    return Labels(np.array([index[label] for label in labels], dtype=np.int64), classes)
