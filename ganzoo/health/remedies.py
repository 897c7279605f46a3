"""What to try, ranked, as flags to copy. Levers say themselves what they help against; nothing here knows a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ganzoo.contracts.ailments import Ailment, Remedy
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import BalancingSpec, CompositionSpec


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
    taken = set().union(*(_traits(name, catalogue) for name in in_use))
    found: list[tuple[int, Advice]] = []
    for name, remedy, alone in _claims(ailment, catalogue):
        if name in in_use or alone & taken:
            continue
        settings = f":{remedy.settings}" if remedy.settings else ""
        found.append((remedy.rank, Advice(f"--balance {name}{settings}", remedy.why)))
    return [advice for _, advice in sorted(found, key=lambda item: item[0])][:most]


def _claims(ailment: Ailment, catalogue: Catalogue) -> Iterator[tuple[str, Remedy, frozenset[str]]]:
    for kind in (Kind.COMPOSITION, Kind.BALANCE):
        for offer in catalogue.offers(kind):
            spec = offer.spec
            if not isinstance(spec, BalancingSpec | CompositionSpec):
                continue
            traits = frozenset(map(str, spec.traits)) if isinstance(spec, BalancingSpec) else frozenset()
            if ailment in spec.helps:
                yield spec.name, spec.helps[ailment], traits


def _traits(name: str, catalogue: Catalogue) -> frozenset[str]:
    try:
        return frozenset(map(str, catalogue.find(Kind.BALANCE, name).traits))
    except UsageError:
        return frozenset()  # a run from elsewhere may name a plugin that is not installed here: advice can do without
