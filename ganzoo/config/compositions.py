"""`--balance steady`: what a composition's name stands for."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence

from ganzoo.config.layers import Layers
from ganzoo.config.overrides import Override, parse_part
from ganzoo.config.tables import look
from ganzoo.config.validation import CHOICES, Where
from ganzoo.errors import UsageError, close_matches, did_you_mean
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import ConfiguredSpec

SECTION, OPTION = "balance", "--balance"


def balance_layer(parts: Sequence[str], layers: Layers, catalogue: Catalogue) -> list[Override]:
    """The settings that `--balance` gives, compositions taken apart.

    Args:
        parts: `["steady", "d-skip:threshold=0.8"]`.
        layers: what lies below, for the settings that only some parts have.
        catalogue: where compositions are found.

    Raises:
        UsageError: settings behind a composition's name.
    """
    return [override for part in parts for override in _of_part(part, layers, catalogue)]


def strategies_of(overrides: Sequence[Override]) -> list[str]:
    """The strategies a layer names, in order."""
    return [override.path.removeprefix(f"{SECTION}.") for override in overrides if override.value == {}]


def rest_of(origin: str, without: Collection[str], catalogue: Catalogue, where: Where) -> str:
    """`instead of --balance steady, --balance batch-size`: what stands for a composition without some strategies.

    Args:
        origin: where a strategy was written.
        without: strategies that are left out.
        catalogue: where compositions are found.
        where: the origin of a setting.

    Returns:
        "" where the origin is no composition.
    """
    name = origin.removeprefix(f"{OPTION} ")
    if name == origin or name not in catalogue.names(Kind.COMPOSITION):
        return ""
    spec = catalogue.find(Kind.COMPOSITION, name)
    flags = []
    for strategy, settings in spec.strategies.items():
        if strategy not in without:
            given = ",".join(f"{key}={value}" for key, value in settings.items())
            flags += [OPTION, f"{strategy}:{given}" if given else strategy]
    for path, value in {**spec.settings, **spec.where_possible}.items():
        if where(path) == origin:  # neither left out here, nor overruled
            flags += ["--set", f"{path}={value}"]
    return f"instead of {origin}, {shlex.join(flags)}"


def _of_part(part: str, layers: Layers, catalogue: Catalogue) -> Iterator[Override]:
    name, colon, _ = part.partition(":")
    compositions = catalogue.names(Kind.COMPOSITION)
    if name not in compositions:
        _refuse_nearly(name, compositions, catalogue)
        yield from parse_part(part, SECTION, OPTION)
        return
    if colon:
        raise UsageError(
            f"{OPTION} {part}: `{name}` is a composition and has no settings of its own",
            hint=f"`ganzoo show {name}` lists its strategies; change one with --set {SECTION}.STRATEGY.SETTING=VALUE",
        )
    spec = catalogue.find(Kind.COMPOSITION, name, OPTION)
    origin = f"{OPTION} {name}"
    for strategy, settings in spec.strategies.items():
        yield Override(f"{SECTION}.{strategy}", {}, origin)
        yield from (Override(f"{SECTION}.{strategy}.{key}", value, origin) for key, value in settings.items())
    yield from (Override(path, value, origin) for path, value in spec.settings.items())
    for path, value in spec.where_possible.items():
        if _has(path, layers, catalogue):
            yield Override(path, value, origin)


def _refuse_nearly(name: str, compositions: Sequence[str], catalogue: Catalogue) -> None:
    """An error for what is no strategy and most like a composition; strategies are looked up later, without these."""
    strategies = [offer.spec.name for offer in catalogue.offers(Kind.BALANCE)]
    near = close_matches(name, {*strategies, *compositions})
    if name.rpartition("/")[2] not in strategies and near and near[0] in compositions:
        raise UsageError(
            f"no balancing strategy or composition is called `{name}` (from {OPTION}).{did_you_mean(near)}",
            hint=f"`ganzoo list {Kind.BALANCE}` and `ganzoo list {Kind.COMPOSITION}` show all",
        )


def _has(path: str, layers: Layers, catalogue: Catalogue) -> bool:
    """Whether the part chosen so far has this setting."""
    section, _, setting = path.rpartition(".")
    name = look(layers.table, f"{section}.kind")
    if section not in CHOICES or not isinstance(name, str):
        return False
    spec = catalogue.find(CHOICES[section][0], name)
    return isinstance(spec, ConfiguredSpec) and setting in spec.config.model_fields
