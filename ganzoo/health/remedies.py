"""What to try, ranked, as flags to copy. Levers say themselves what they help against; nothing here knows a name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ganzoo.config.compatibility import conflict
from ganzoo.config.tables import look
from ganzoo.contracts.ailments import Ailment, Remedy
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import BalancingSpec, CompositionSpec, Trait


@dataclass(frozen=True, slots=True)
class InUse:
    """What a run is made of, as far as it decides which levers it would take.

    Attributes:
        strategies: by name; empty where they are not known.
        loss: its name; None where it is not known, and then no lever is left out for it.
        data: the data set's name, likewise.
    """

    strategies: frozenset[str] = frozenset()
    loss: str | None = None
    data: str | None = None

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> InUse:
        """Read from a configuration's plain values, whatever else stands in them."""
        sections = (look(config, section) for section in ("method", "balance"))
        named = {str(name) for section in sections if isinstance(section, Mapping) for name in section}
        loss, data = look(config, "loss.kind"), look(config, "data.source.kind")
        return cls(frozenset(named), _if_name(loss), _if_name(data))


@dataclass(frozen=True, slots=True)
class Advice:
    """A flag to copy, and why it should help."""

    flag: str
    why: str

    def as_dict(self) -> dict[str, str]:
        """Plain values."""
        return asdict(self)


def advise(ailment: Ailment, in_use: InUse, catalogue: Catalogue, most: int = 4) -> list[Advice]:
    """The levers that help against an ailment and that the run would take, the best first.

    Args:
        ailment: what is wrong.
        in_use: what the run is made of.
        catalogue: where levers are found.
        most: how many at the most.
    """
    here = {name: _traits(name, catalogue) for name in in_use.strategies}
    found: list[tuple[int, Advice]] = []
    for spec, remedy in _claims(ailment, catalogue):
        strategies = frozenset(spec.strategies if isinstance(spec, CompositionSpec) else [spec.name])
        # One of several in use is enough: where it is part of the recipe's method, it could not be named again.
        if in_use.strategies & strategies:
            continue
        traits = here | {each: _traits(each, catalogue) for each in strategies}
        loss = spec.settings.get("loss.kind", in_use.loss) if isinstance(spec, CompositionSpec) else in_use.loss
        if conflict(traits) or not _are_taken(traits.values(), _if_name(loss), in_use.data, catalogue):
            continue
        settings = f":{remedy.settings}" if remedy.settings else ""
        found.append((remedy.rank, Advice(f"--balance {spec.name}{settings}", remedy.why)))
    return [advice for _, advice in sorted(found, key=lambda item: item[0])][:most]


def _are_taken(traits: Collection[Collection[Trait]], loss: str | None, data: str | None, catalogue: Catalogue) -> bool:
    """Whether the loss has the targets and the middle, and the data the pixels, that these traits need."""
    held = {trait for each in traits for trait in each}
    if Trait.CHANGES_TARGETS in held and not _has_targets(loss, catalogue):
        return False
    if Trait.TAKES_SIDES_APART in held and _compares(loss, catalogue):
        return False
    return Trait.IMAGES_ONLY not in held or not _are_points(data, catalogue)


def _claims(
    ailment: Ailment, catalogue: Catalogue
) -> Iterator[tuple[BalancingSpec[Any] | CompositionSpec, Remedy]]:  # Any: each with its own config class
    """Each lever that helps, and how it does."""
    for kind in (Kind.COMPOSITION, Kind.BALANCE):
        for offer in catalogue.offers(kind):
            spec = offer.spec
            if isinstance(spec, BalancingSpec | CompositionSpec) and ailment in spec.helps:
                yield spec, spec.helps[ailment]


def _traits(name: str, catalogue: Catalogue) -> frozenset[Trait]:
    try:
        return catalogue.find(Kind.BALANCE, name).traits
    except UsageError:
        return frozenset()  # a run from elsewhere may name a plugin that is not installed here: advice can do without


def _has_targets(loss: str | None, catalogue: Catalogue) -> bool:
    try:
        return loss is None or catalogue.find(Kind.LOSS, loss).targets
    except UsageError:
        return True  # as above


def _compares(loss: str | None, catalogue: Catalogue) -> bool:
    try:
        return loss is not None and catalogue.find(Kind.LOSS, loss).compares
    except UsageError:
        return False  # as above


def _are_points(data: str | None, catalogue: Catalogue) -> bool:
    try:
        return data is not None and catalogue.find(Kind.DATASET, data).points
    except UsageError:
        return False  # as above


def _if_name(value: object) -> str | None:
    return value if isinstance(value, str) else None
