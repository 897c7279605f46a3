"""my-observer: an observer for ganzoo. Torch-free: this is imported wherever parts are listed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.plugin import ObserverSpec, hookimpl
from ganzoo_my_observer.settings import MyObserverConfig

if TYPE_CHECKING:
    from ganzoo.contracts import Observer

GANZOO_CONTRACTS = "1.0"
"""The version of ganzoo's contracts this is built for; a ganzoo with older ones says so instead of loading it."""


def build(config: MyObserverConfig, run: Path) -> Observer:
    """The observer of the run in this directory."""
    from ganzoo_my_observer.observer import MyObserver

    return MyObserver(config, run)


SPEC = ObserverSpec(
    name="my-observer",
    summary="The numbers of a run as a table, numbers.csv",
    source="my own",
    config=MyObserverConfig,
    build=build,
)


@hookimpl
def ganzoo_observers() -> list[ObserverSpec[MyObserverConfig]]:
    """The observer `my-observer`."""
    return [SPEC]
