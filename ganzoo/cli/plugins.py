"""`ganzoo plugins`: who offers what, and what did not load."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer


def plugins(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Show installed plugins and what each offers. Distribution, version, load time, status."""
    from ganzoo.cli.common import print_json
    from ganzoo.cli.text import fitted, plain_text
    from ganzoo.registry.catalogue import catalogue

    rows: list[dict[str, Any]] = [
        {
            "plugin": plugin.name,
            "distribution": plugin.distribution,
            "version": plugin.version,
            "status": plugin.status,
            "contracts": plugin.contracts,
            "warning": plugin.warning,
            "load_ms": round(plugin.load_ms, 1),
            "offers": [f"{offer.kind}:{offer.spec.name}" for offer in plugin.offers],
            "error": plugin.error,
            "details": plugin.details,
        }
        for plugin in catalogue().plugins
    ]
    if json:
        print_json(rows)
        return
    for row in rows:
        head = f"{row['plugin']}  {row['distribution']} {row['version']}  {row['load_ms']:.0f} ms  {row['status']}"
        sys.stdout.write(plain_text(head) + "\n")
        detail = row["error"] or row["warning"] or ", ".join(row["offers"])
        sys.stdout.write(fitted(plain_text(f"    {detail}"), 4) + "\n")
