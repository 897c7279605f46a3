"""The line to copy of a part: the first of several likely ones that really composes a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganzoo.config.compose import Request
    from ganzoo.registry.catalogue import Catalogue
    from ganzoo.registry.manager import Kind, Offer
    from ganzoo.registry.specs import ArchitectureSpec


@dataclass(frozen=True, slots=True)
class Example:
    """A command, `ganzoo run RECIPE --data DATA OPTION VALUE --set SETTING`, with what is not empty."""

    recipe: str
    data: str = ""
    option: str = ""
    value: str = ""
    setting: str = ""

    def __str__(self) -> str:
        words = ["ganzoo run", self.recipe]
        for option, value in (("--data", self.data), (self.option, self.value), ("--set", self.setting)):
            words += [option, value] if value else []
        return " ".join(words)

    def request(self) -> Request:
        """What the command asks for."""
        from ganzoo.api import option_overrides
        from ganzoo.config.compose import Request

        option = self.option.removeprefix("--")
        named = {} if option in ("", "balance", "metric", "observer") else {option: self.value}
        return Request(
            recipe=self.recipe,
            data=self.data or None,
            balance=[self.value] if option == "balance" else (),
            metrics=[self.value] if option == "metric" else (),
            observers=[self.value] if option == "observer" else (),
            options=option_overrides(named, prefix="--"),
            settings=[self.setting] if self.setting else (),
        )


def line_to_copy(offer: Offer, catalogue: Catalogue) -> str:
    """A command that uses the part; where none composes on this machine (it needs a file, say), the likeliest."""
    from ganzoo.config.compose import compose
    from ganzoo.errors import GanzooError
    from ganzoo.registry.manager import Kind

    if offer.kind is Kind.COMMAND:
        return f"ganzoo {offer.spec.name} --help"
    examples = list(_examples(offer, catalogue))
    for example in examples:
        try:
            config = compose(example.request(), catalogue)
        except GanzooError:
            continue
        if example.option or offer.kind is not Kind.METRIC or offer.spec.name in config.evaluation.metrics:
            return str(example)
    return str(examples[0])


def _examples(offer: Offer, catalogue: Catalogue) -> Iterator[Example]:
    """With each recipe on its usual data, then on every data set."""
    from ganzoo.registry.manager import Kind
    from ganzoo.registry.specs import DiscriminatorSpec, GeneratorSpec

    recipes = [offer.spec.name] if offer.kind is Kind.ARCHITECTURE else _default_first(Kind.ARCHITECTURE, catalogue)
    if isinstance(offer.spec, GeneratorSpec | DiscriminatorSpec) and offer.spec.points:  # no home in most recipes
        recipes.sort(key=lambda name: offer.spec.name not in _networks(catalogue.find(Kind.ARCHITECTURE, name)))
    sets = [""] if offer.kind is Kind.DATASET else ["", *catalogue.names(Kind.DATASET)]
    parts = list(_with_part(offer, catalogue))
    for data in sets:
        for recipe in recipes:
            for example in parts:
                yield replace(example, recipe=recipe, data=example.data or data)


def _with_part(offer: Offer, catalogue: Catalogue) -> Iterator[Example]:
    from ganzoo.config.describe import settings_of
    from ganzoo.registry.manager import Kind
    from ganzoo.registry.specs import ConfiguredSpec

    name = offer.spec.name
    settings = settings_of(offer.spec.config) if isinstance(offer.spec, ConfiguredSpec) else []
    simple = [s for s in settings if s.default not in ("none", "(needed)", "") and " " not in s.default]
    first = f"{simple[0].name}={simple[0].default}" if simple else ""
    needed = any(s.default == "(needed)" for s in settings)
    if offer.kind is Kind.ARCHITECTURE:
        yield Example("")
    elif offer.kind is Kind.DATASET:
        yield Example("", data=f"{name}:{name.upper()}" if needed else name)
    elif offer.kind in (Kind.GENERATOR, Kind.DISCRIMINATOR):
        yield Example("", option=f"--{offer.kind}", value=name, setting=f"{offer.kind}.{first}" if first else "")
    elif offer.kind is Kind.OPTIMIZER:
        yield Example("", setting=f"optimizers.generator.kind={name}")
    elif offer.kind is Kind.FEATURES:
        for metric in _default_first(Kind.METRIC, catalogue):
            spec = catalogue.find(Kind.METRIC, metric)
            if "features" in spec.config.model_fields:
                yield Example("", option="--metric", value=f"{metric}:features={name}")
    elif offer.kind is Kind.OBSERVER:
        yield Example("", option="--observer", value=name)
    elif offer.kind in (Kind.BALANCE, Kind.METRIC):
        yield from (Example("", option=f"--{offer.kind}", value=value) for value in _values(name, first))
        if offer.kind is Kind.METRIC:
            yield Example("")  # a data set may bring it with the settings that it needs
    else:
        yield Example("", option="--balance" if offer.kind is Kind.COMPOSITION else f"--{offer.kind}", value=name)


def _networks(recipe: ArchitectureSpec) -> tuple[str, str]:
    return recipe.generator, recipe.discriminator


def _values(name: str, first: str) -> Iterator[str]:
    if first:
        yield f"{name}:{first}"
    yield name


def _default_first(kind: Kind, catalogue: Catalogue) -> list[str]:
    defaults = catalogue.defaults(kind)
    return [*defaults, *(name for name in catalogue.names(kind) if name not in defaults)]
