"""What all of them pass on, as plain values."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from types import ModuleType

from ganzoo.contracts import Event, Tick
from ganzoo.plugin import UsageError


def needed(observer: str, module: str, package: str) -> ModuleType:
    """The library an observer writes with.

    Args:
        observer: its name.
        module: what is imported.
        package: what is installed.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"the observer `{observer}` needs the package {package}: {error}",
            hint=f"it is ganzoo's extra `{observer}`: pip install {package}; or leave the observer out",
        ) from error


def numbers_of(tick: Tick) -> dict[str, float]:
    """Everything a tick says in numbers, by name."""
    return {**tick.values, "images": float(tick.images), "images_per_s": tick.images_per_s}


def scores_of(event: Event) -> dict[str, float]:
    """The scores of an evaluation, by name; nothing of another event."""
    scores = event.data.get("scores") if event.kind == "evaluation" else None
    return {str(name): float(value) for name, value in scores.items()} if isinstance(scores, Mapping) else {}


def flat(config: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """A nested configuration by dotted path, in order."""
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
