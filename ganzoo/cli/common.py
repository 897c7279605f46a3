"""What several verbs share: the installed parts, completion, and options."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganzoo.registry.catalogue import Catalogue


def installed() -> Catalogue:
    """The catalogue; a plugin that failed to load is said once, in one line, and breaks nothing else."""
    from ganzoo.cli.text import plain_text
    from ganzoo.registry.catalogue import catalogue

    found = catalogue()
    for plugin in found.failed:
        where = plugin.distribution if plugin.name in plugin.distribution else f"{plugin.distribution} ({plugin.name})"
        sys.stderr.write(plain_text(f"warning: the plugin {where} did not load: {plugin.error}") + "\n")
    return found


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def complete_architecture(incomplete: str) -> list[tuple[str, str]]:
    """Shell completion of architectures."""
    return _complete("architecture", incomplete)


def complete_balance(incomplete: str) -> list[tuple[str, str]]:
    """Shell completion of strategies and compositions of them."""
    return [*_complete("composition", incomplete), *_complete("balance", incomplete)]


def complete_dataset(incomplete: str) -> list[tuple[str, str]]:
    """Shell completion of data sets."""
    return _complete("dataset", incomplete)


def complete_metric(incomplete: str) -> list[tuple[str, str]]:
    """Shell completion of metrics."""
    return _complete("metric", incomplete)


def complete_kind(incomplete: str) -> list[str]:
    """Shell completion of kinds of parts."""
    from ganzoo.registry.manager import Kind

    return [kind for kind in Kind if kind.startswith(incomplete)]


def _complete(kind: str, incomplete: str) -> list[tuple[str, str]]:
    from ganzoo.registry.catalogue import catalogue
    from ganzoo.registry.manager import Kind

    return [
        (offer.spec.name, offer.spec.summary)
        for offer in catalogue().offers(Kind(kind))
        if offer.spec.name.startswith(incomplete)
    ]
