"""`ganzoo list`: what there is."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ganzoo.cli.common import complete_kind

KindName = Annotated[
    str | None,
    typer.Argument(metavar="KIND", help="architecture, balance, loss, ...", autocompletion=complete_kind),
]


def list_parts(kind: KindName = None, json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """List what can be combined. Architectures, strategies, losses, metrics, data sets."""
    from ganzoo.cli.common import installed, print_json
    from ganzoo.cli.kinds import kind_named
    from ganzoo.cli.text import fitted, plain_text

    offers = list(installed().offers(kind_named(kind) if kind else None))
    if json:
        print_json(
            [
                {
                    "kind": o.kind,
                    "name": o.spec.name,
                    "summary": o.spec.summary,
                    "distribution": o.distribution,
                }
                for o in offers
            ]
        )
        return
    if not offers:
        sys.stderr.write("none is installed\n")
    width = max((len(offer.spec.name) for offer in offers), default=0)
    heading = None
    for offer in offers:
        if kind is None and offer.kind != heading:
            sys.stdout.write(f"{'' if heading is None else chr(10)}{offer.kind}\n")
            heading = offer.kind
        indent = "" if kind else "  "
        line = plain_text(f"{indent}{offer.spec.name:<{width}}  {offer.spec.summary}")
        sys.stdout.write(fitted(line, len(indent) + width + 2) + "\n")
