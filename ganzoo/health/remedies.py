"""What to try, ranked, as flags to copy. Levers say themselves what they help against; nothing here knows a name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ganzoo.config.compatibility import conflict
from ganzoo.contracts.ailments import Ailment, Remedy
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import BalancingSpec, CompositionSpec, Trait


@dataclass(frozen=True, slots=True)
class Advice:
    """A flag to copy, and why it should help."""

    flag: str
    why: str


def advise(ailment: Ailment, in_use: Mapping[str, object], catalogue: Catalogue, most: int = 4) -> list[Advice]:
    """The levers that help against an ailment and can join those in use, the best first.

    Args:
        ailment: what is wrong.
        in_use: the run's strategies by name.
        catalogue: where levers are found.
        most: how many at the most.
    """
    here = {name: _traits(name, catalogue) for name in in_use}
    found: list[tuple[int, Advice]] = []
    for name, remedy, strategies in _claims(ailment, catalogue):
        # One of several in use is enough: where it is part of the recipe's method, it could not be named again.
        if in_use.keys() & strategies or conflict(here | {each: _traits(each, catalogue) for each in strategies}):
            continue
        settings = f":{remedy.settings}" if remedy.settings else ""
        found.append((remedy.rank, Advice(f"--balance {name}{settings}", remedy.why)))
    return [advice for _, advice in sorted(found, key=lambda item: item[0])][:most]


def _claims(ailment: Ailment, catalogue: Catalogue) -> Iterator[tuple[str, Remedy, Collection[str]]]:
    """Each lever that helps: its name, how it does, and the strategies that the name stands for."""
    for kind in (Kind.COMPOSITION, Kind.BALANCE):
        for offer in catalogue.offers(kind):
            spec = offer.spec
            if not isinstance(spec, BalancingSpec | CompositionSpec):
                continue
            if ailment in spec.helps:
                strategies = list(spec.strategies) if isinstance(spec, CompositionSpec) else [spec.name]
                yield spec.name, spec.helps[ailment], strategies


def _traits(name: str, catalogue: Catalogue) -> frozenset[Trait]:
    try:
        return catalogue.find(Kind.BALANCE, name).traits
    except UsageError:
        return frozenset()  # a run from elsewhere may name a plugin that is not installed here: advice can do without
