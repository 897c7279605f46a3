"""Loads plugins from entry points, one `try` each, and remembers what failed and why."""

from __future__ import annotations

import os
import re
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.metadata import EntryPoint, distributions

import pluggy

from ganzoo.errors import ContractError
from ganzoo.registry import hookspecs
from ganzoo.registry.specs import (
    ArchitectureSpec,
    BalancingSpec,
    CommandSpec,
    CompositionSpec,
    DatasetSpec,
    DiscriminatorSpec,
    FeaturesSpec,
    GeneratorSpec,
    LossSpec,
    MetricSpec,
    ObserverSpec,
    OptimizerSpec,
    Spec,
)
from ganzoo.registry.versions import built_for, current, require_not_newer, warning_if_older

GROUP = "ganzoo"
OWN_DISTRIBUTION = "pyganzoo"
ALLOW_LIST = "GANZOO_LOAD_PLUGINS"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""Of a part: it is typed in dotted paths (`balance.d-skip.threshold`) and before a colon."""


class Kind(StrEnum):
    """What a part is, in the word the command line uses."""

    ARCHITECTURE = "architecture"
    GENERATOR = "generator"
    DISCRIMINATOR = "discriminator"
    LOSS = "loss"
    OPTIMIZER = "optimizer"
    BALANCE = "balance"
    COMPOSITION = "composition"
    METRIC = "metric"
    DATASET = "dataset"
    FEATURES = "features"
    OBSERVER = "observer"
    COMMAND = "command"

    @property
    def words(self) -> str:
        """What it is called in a sentence."""
        return {"balance": "balancing strategy", "dataset": "data set", "features": "backbone"}.get(self, self.value)


HOOKS: dict[str, tuple[Kind, type[Spec]]] = {
    "ganzoo_architectures": (Kind.ARCHITECTURE, ArchitectureSpec),
    "ganzoo_generators": (Kind.GENERATOR, GeneratorSpec),
    "ganzoo_discriminators": (Kind.DISCRIMINATOR, DiscriminatorSpec),
    "ganzoo_losses": (Kind.LOSS, LossSpec),
    "ganzoo_optimizers": (Kind.OPTIMIZER, OptimizerSpec),
    "ganzoo_balancing": (Kind.BALANCE, BalancingSpec),
    "ganzoo_compositions": (Kind.COMPOSITION, CompositionSpec),
    "ganzoo_metrics": (Kind.METRIC, MetricSpec),
    "ganzoo_datasets": (Kind.DATASET, DatasetSpec),
    "ganzoo_features": (Kind.FEATURES, FeaturesSpec),
    "ganzoo_observers": (Kind.OBSERVER, ObserverSpec),
    "ganzoo_commands": (Kind.COMMAND, CommandSpec),
}


class Status(StrEnum):
    """What became of a plugin."""

    LOADED = "loaded"
    FAILED = "failed"
    NOT_ALLOWED = f"left out by {ALLOW_LIST}"


@dataclass(frozen=True, slots=True)
class Offer:
    """A part, and who offers it."""

    kind: Kind
    spec: Spec
    distribution: str


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point and what became of it.

    Attributes:
        name: the entry point's name.
        module: what it points at.
        load_ms: time its import and its hooks took.
        contracts: the version of the contracts it was built for; "" where it was not looked at.
        warning: one line, for one that loaded and may not work.
        error: one line, for a failed one.
        details: the whole traceback, for its author.
    """

    name: str
    module: str
    distribution: str
    version: str
    status: Status
    load_ms: float = 0.0
    offers: tuple[Offer, ...] = ()
    contracts: str = ""
    warning: str = ""
    error: str = ""
    details: str = field(default="", repr=False)


@cache
def load_plugins() -> tuple[Plugin, ...]:
    """Every entry point of the group `ganzoo`, loaded once a process."""
    return load(sorted(installed_entry_points(), key=lambda entry: entry.name), os.environ.get(ALLOW_LIST))


def installed_entry_points() -> Iterator[EntryPoint]:
    """Those of the group `ganzoo` in every distribution that is installed, the first of a name on the search path.

    What merely lies in the current directory is not installed: Python looks there too, in a notebook or after `-c`,
    and a folder from a stranger may hold anything, a `*.dist-info` included.
    """
    installed_in = [place for place in sys.path if place not in ("", ".")]
    seen: set[str] = set()
    for distribution in distributions(path=installed_in):
        entries = distribution.entry_points.select(group=GROUP)
        if entries and distribution.name not in seen:
            seen.add(distribution.name)
            yield from entries


def load(entries: Iterable[EntryPoint], allow_list: str | None = None) -> tuple[Plugin, ...]:
    """Load each entry point by itself; a broken one breaks nothing else.

    Args:
        entries: what to load.
        allow_list: names of entry points or distributions, separated by commas; None: all. ganzoo's own parts are
            always loaded, so an empty list means nobody else's.
    """
    allowed = None if allow_list is None else {name.strip() for name in allow_list.split(",")}
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return tuple(_load_one(manager, entry, allowed) for entry in entries)


def _load_one(manager: pluggy.PluginManager, entry: EntryPoint, allowed: set[str] | None) -> Plugin:
    distribution = entry.dist.name if entry.dist else "?"
    version = entry.dist.version if entry.dist else "?"

    def plugin(status: Status, **outcome: object) -> Plugin:
        return Plugin(entry.name, entry.value, distribution, version, status, **outcome)  # type: ignore[arg-type]  # outcome holds the remaining fields

    if allowed is not None and distribution != OWN_DISTRIBUTION and not {entry.name, distribution} & allowed:
        return plugin(Status.NOT_ALLOWED)
    start = time.perf_counter()
    try:
        contracts = current() if distribution == OWN_DISTRIBUTION else built_for(entry)
        require_not_newer(contracts)
        module = entry.load()
        manager.register(module, name=f"{distribution}:{entry.name}")
        offers = tuple(_offers(manager, module, distribution))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's import may raise anything; it is shown
        line = " ".join(f"{type(error).__name__}: {error}".split())
        return plugin(Status.FAILED, error=line, details=traceback.format_exc())
    return plugin(
        Status.LOADED,
        load_ms=(time.perf_counter() - start) * 1000,
        offers=offers,
        contracts=str(contracts),
        warning=warning_if_older(contracts),
    )


def _offers(manager: pluggy.PluginManager, module: object, distribution: str) -> Iterable[Offer]:
    for caller in manager.get_hookcallers(module) or ():
        if not caller.has_spec():
            raise ContractError(f"`{caller.name}` is no hook of ganzoo; the hooks are {', '.join(HOOKS)}")
        kind, expected = HOOKS[caller.name]
        for implementation in caller.get_hookimpls():
            if implementation.plugin is module:
                for spec in _checked(implementation.function(), caller.name, expected):
                    yield Offer(kind, spec, distribution)


def _checked(specs: object, hook: str, expected: type[Spec]) -> Sequence[Spec]:
    if not isinstance(specs, Sequence) or not all(isinstance(spec, expected) for spec in specs):
        raise ContractError(f"`{hook}` must return a list of {expected.__name__}, not {specs!r:.80}")
    for spec in specs:
        if not isinstance(spec.name, str) or not NAME.fullmatch(spec.name):
            raise ContractError(f"`{hook}` offers {spec.name!r:.80}: a name has letters, digits, `-` and `_` only")
    return specs
