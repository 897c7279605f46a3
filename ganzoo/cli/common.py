"""What several verbs share: the installed parts, completion, and options."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganzoo.registry.catalogue import Catalogue


def installed() -> Catalogue:
    """The catalogue; a plugin that failed to load is said once, in one line, and breaks nothing else."""
    from ganzoo.cli.text import plain_text
    from ganzoo.registry.catalogue import catalogue

    found = catalogue()
    for plugin in found.plugins:
        said = plugin.warning or (f"did not load: {plugin.error}" if plugin in found.failed else "")
        where = plugin.distribution if plugin.name in plugin.distribution else f"{plugin.distribution} ({plugin.name})"
        if said:
            sys.stderr.write(plain_text(f"warning: the plugin {where} {said}") + "\n")
    return found


def print_json(value: object) -> None:
    """One JSON document on standard output, in ASCII: no name in it reaches a terminal as an escape code.

    A number that is not finite is null, as JSON has none.
    """
    sys.stdout.write(json.dumps(finite(value), indent=2, allow_nan=False, default=str) + "\n")


def finite(value: object) -> object:
    """The same with None for numbers that are not finite."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


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


def complete_observer(incomplete: str) -> list[tuple[str, str]]:
    """Shell completion of observers."""
    return _complete("observer", incomplete)


def complete_template(incomplete: str) -> list[str]:
    """Shell completion of what `ganzoo new` begins."""
    from ganzoo.scaffolding.kinds import Template

    return [template for template in Template if template.startswith(incomplete)]


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
