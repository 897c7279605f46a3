"""Answers for a name: the part, or the nearest names, who failed to load, and who disputes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal, overload

from ganzoo.errors import UsageError, nearest
from ganzoo.registry.manager import OWN_DISTRIBUTION, Kind, Offer, Plugin, Status, load_plugins
from ganzoo.registry.specs import (
    ArchitectureSpec,
    BalancingSpec,
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

MANY = 12
"""Names above which a message does not list them all."""


class Catalogue:
    """All parts of all loaded plugins, by kind and name.

    A name that two plugins offer is an error when it is used; `distribution/name` says which one is meant.
    """

    def __init__(self, plugins: Sequence[Plugin]) -> None:
        self.plugins = plugins
        self._offers: dict[tuple[Kind, str], list[Offer]] = {}
        for plugin in plugins:
            for offer in plugin.offers:
                self._offers.setdefault((offer.kind, offer.spec.name), []).append(offer)

    @property
    def failed(self) -> list[Plugin]:
        """Plugins that did not load."""
        return [plugin for plugin in self.plugins if plugin.status is Status.FAILED]

    def offers(self, kind: Kind | None = None) -> Iterator[Offer]:
        """Every part, or those of one kind, by kind and name."""
        order = list(Kind)
        for (of_kind, _), offers in sorted(
            self._offers.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        ):
            if kind in (None, of_kind):
                yield from offers

    def names(self, kind: Kind) -> list[str]:
        """Names of one kind, as a user types them."""
        found: list[str] = []
        for offer in self.offers(kind):
            shared = len(self._offers[kind, offer.spec.name]) > 1
            found.append(f"{offer.distribution}/{offer.spec.name}" if shared else offer.spec.name)
        return found

    def defaults(self, kind: Kind) -> list[str]:
        """Names of ganzoo's own parts that stand in where a configuration names none of this kind."""
        return [
            self.name_within(OWN_DISTRIBUTION, kind, offer.spec.name)
            for offer in self.offers(kind)
            if offer.spec.default and offer.distribution == OWN_DISTRIBUTION
        ]

    def name_within(self, distribution: str, kind: Kind, name: str) -> str:
        """What a part of `distribution` means by `name`, whoever disputes it: its own part, else ganzoo's."""
        owners = [offer.distribution for offer in self._offers.get((kind, name), [])]
        meant = next((owner for owner in (distribution, OWN_DISTRIBUTION) if owner in owners), None)
        return f"{meant}/{name}" if meant and len(owners) > 1 else name

    # `Any` in the answers: which config class a name stands for is known only when it is looked up.
    @overload
    def find(self, kind: Literal[Kind.ARCHITECTURE], name: str, origin: str = ...) -> ArchitectureSpec: ...
    @overload
    def find(self, kind: Literal[Kind.GENERATOR], name: str, origin: str = ...) -> GeneratorSpec[Any]: ...
    @overload
    def find(self, kind: Literal[Kind.DISCRIMINATOR], name: str, origin: str = ...) -> DiscriminatorSpec[Any]: ...
    @overload
    def find(self, kind: Literal[Kind.LOSS], name: str, origin: str = ...) -> LossSpec[Any]: ...
    @overload
    def find(self, kind: Literal[Kind.OPTIMIZER], name: str, origin: str = ...) -> OptimizerSpec[Any]: ...
    @overload
    def find(self, kind: Literal[Kind.BALANCE], name: str, origin: str = ...) -> BalancingSpec[Any]: ...
    @overload
    def find(self, kind: Literal[Kind.COMPOSITION], name: str, origin: str = ...) -> CompositionSpec: ...
    @overload
    def find(self, kind: Literal[Kind.METRIC], name: str, origin: str = ...) -> MetricSpec[Any]: ...
    @overload
    def find(self, kind: Literal[Kind.DATASET], name: str, origin: str = ...) -> DatasetSpec[Any]: ...
    @overload
    def find(self, kind: Literal[Kind.FEATURES], name: str, origin: str = ...) -> FeaturesSpec[Any]: ...
    @overload
    def find(self, kind: Literal[Kind.OBSERVER], name: str, origin: str = ...) -> ObserverSpec[Any]: ...
    @overload
    def find(self, kind: Kind, name: str, origin: str = ...) -> Spec: ...

    def find(self, kind: Kind, name: str, origin: str = "") -> Spec:
        """The part of that name.

        Args:
            kind: what it is.
            name: `name` or `distribution/name`.
            origin: where the user wrote it, for the message.

        Raises:
            UsageError: unknown or disputed; names the nearest ones and the plugins that failed to load.
        """
        return self.offer(kind, name, origin).spec

    def offer(self, kind: Kind, name: str, origin: str = "") -> Offer:
        """Like `find`, with who offers it."""
        distribution, _, plain = name.rpartition("/")
        offers = [offer for offer in self._offers.get((kind, plain), []) if distribution in ("", offer.distribution)]
        where = f" (from {origin})" if origin else ""
        if len(offers) == 1:
            return offers[0]
        if offers:
            ways = ", ".join(f"`{offer.distribution}/{plain}`" for offer in offers)
            raise UsageError(f"two plugins offer the {kind.words} `{plain}`{where}", hint=f"say which one: {ways}")
        raise UsageError(
            f"no {kind.words} is called `{name}`{where}.{nearest(name, self.names(kind))}",
            hint="\n".join(self._hints(kind, name)),
        )

    def _hints(self, kind: Kind, asked: str) -> Iterator[str]:
        names = self.names(kind)
        if "=" in asked:
            yield f"settings follow a colon: `{asked.partition('=')[0]}:SETTING=VALUE`"
        if len(names) > MANY:
            yield f"`ganzoo list {kind}` shows all {len(names)}"
        elif names:
            yield f"known: {', '.join(names)}  (`ganzoo list {kind}`)"
        for plugin in self.failed:
            yield f"the plugin {plugin.distribution} failed to load and may offer it: {plugin.error}"


@cache
def catalogue() -> Catalogue:
    """The catalogue of what is installed here."""
    return Catalogue(load_plugins())
