"""What `ganzoo data check` found, as tables. All names come from files: they are shown without what moves a cursor."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ganzoo.cli.common import installed
from ganzoo.data.shown import plain, whole
from ganzoo.registry.manager import Kind

MOST_CLASSES = 12
Facts = Mapping[str, Any]  # plain JSON, by `ganzoo.data.figures`


def print_checked(facts: Facts, stream: TextIO) -> None:
    """Tables, and last whether the data is fit to be trained on."""
    console = Console(file=stream, highlight=False, soft_wrap=True, emoji=False, markup=False)
    for title, rows in _tables(facts):
        if not rows:
            continue
        table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 2))
        for row in rows:
            table.add_row(*(Text(cell, overflow="fold") for cell in row))
        console.print(table)
        console.print()
    for note in facts["notes"]:
        console.print(Text(f"note: {plain(note)}"))
    for problem in facts["problems"]:
        console.print(Text(f"not right: {plain(problem)}", style="bold red"))
    if facts["ok"]:
        recipe = next(iter(installed().defaults(Kind.ARCHITECTURE)), "ARCHITECTURE")
        line = f"fit to be trained on: ganzoo run {recipe} --data {shlex.quote(whole(facts['path']))}"
        console.print(Text(line, style="bold green"), soft_wrap=True)  # a line to copy stays one line


def _tables(facts: Facts) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    counts = [("images", f"{facts['images']:,}"), ("left out", f"{facts['left_out']:,} ({facts['bad_share']:.1%} bad)")]
    yield plain(facts["path"]), counts
    yield "left out", [(reason, *_some(group)) for reason, group in facts["reasons"].items()]
    twice = facts["duplicates"]
    yield (
        "the same content",
        [(f"{len(group)} files", " = ".join(map(plain, group))) for group in twice["examples"]]
        + ([("too many in all", f"{twice['files_too_many']:,} files")] if twice["groups"] else []),
    )
    yield "sizes", list(_sizes(facts["sizes"])) if facts["sizes"] else []
    yield "colours", [(plain(mode), f"{count:,}") for mode, count in facts["modes"].items()]
    yield "files", list(_files(facts))
    yield "classes", list(_classes(facts["classes"])) if facts["classes"] else []
    yield (
        "labels.csv",
        [(name.replace("_", " "), *_some(group)) for name, group in facts["labels"].items() if group["count"]],
    )


def _some(group: Facts) -> tuple[str, str]:
    more = ", ..." if group["count"] > len(group["examples"]) else ""
    return f"{group['count']:,}", ", ".join(map(plain, group["examples"])) + more


def _sizes(sizes: Facts) -> Iterator[tuple[str, str]]:
    for which in ("smallest", "largest"):
        yield which, "{} x {} px".format(*sizes[which])
    yield "short side, median", f"{sizes['median_short_side']:g} px"
    for words, count in sizes["short_sides"].items():
        yield f"short side {words}", f"{count:,}"
    for shape, count in sizes["shapes"].items():
        yield shape, f"{count:,}"
    ratio = sizes["aspect_ratio"]
    yield "width / height", f"{ratio['least']:g} to {ratio['most']:g}, median {ratio['median']:g}"


def _files(facts: Facts) -> Iterator[Sequence[str]]:
    for kind, count in facts["formats"].items():
        yield plain(kind), f"{count:,}", ""
    for what, words in (
        ("transparent", "laid on data.background, unless data.channels = 4"),
        ("animated", "the first frame is read"),
        ("rotated", "turned as EXIF says"),
    ):
        if facts[what]:
            yield what, f"{facts[what]:,}", words
    if facts["wrong_endings"]["count"]:
        yield "another ending", *_some(facts["wrong_endings"])


def _classes(classes: Facts) -> Iterator[tuple[str, str]]:
    for name, count in list(classes["images"].items())[:MOST_CLASSES]:
        yield plain(name), f"{count:,}"
    if classes["count"] > MOST_CLASSES:
        yield "...", f"{classes['count']:,} classes in all"
    if classes["largest_over_smallest"]:
        yield "largest / smallest", f"{classes['largest_over_smallest']:g}"
    for what, words in (("with_one_image", "only one image"), ("without_images", "no image")):
        if classes[what]:
            more = ", ..." if len(classes[what]) > MOST_CLASSES else ""
            yield words, ", ".join(map(plain, classes[what][:MOST_CLASSES])) + more
