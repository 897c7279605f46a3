"""`ganzoo new`: begin a plugin."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli.common import complete_template

KindWord = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help="strategy, loss, metric, architecture, dataset or observer.",
        autocompletion=complete_template,
    ),
]


def new(
    kind: KindWord,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the part: small letters, digits, hyphens.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write to; by default ganzoo-NAME.")] = None,
) -> None:
    """Begin a plugin, as a complete package that works as it is. ganzoo new strategy gap-gate."""
    from ganzoo import api
    from ganzoo.cli.common import installed
    from ganzoo.cli.text import plain_text

    installed()
    written = api.new(kind, name, folder=out)
    for file in sorted(path for path in written.rglob("*") if path.is_file()):
        sys.stdout.write(plain_text(file) + "\n")
    place = written if written.is_absolute() else f"./{written}"  # without `./` pip takes a name for a distribution
    for line in (f'install it in place: pip install -e "{place}[test]"', f"then read {written / 'README.md'}"):
        sys.stderr.write(plain_text(line) + "\n")
