"""The pages on parts: what is on which, an index of all, and a section for each."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from markup import cell, prose, settings, table

from ganzoo.config.describe import settings_of
from ganzoo.contracts import ImageShape
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import OWN_DISTRIBUTION, Kind, Offer
from ganzoo.registry.specs import (
    ArchitectureSpec,
    BalancingSpec,
    CompositionSpec,
    ConfiguredSpec,
    DatasetSpec,
    MetricSpec,
)

HEADINGS = {
    Kind.ARCHITECTURE: "Architectures",
    Kind.COMPOSITION: "Compositions of strategies",
    Kind.BALANCE: "Balancing strategies",
    Kind.LOSS: "Losses",
    Kind.GENERATOR: "Generators",
    Kind.DISCRIMINATOR: "Discriminators",
    Kind.OPTIMIZER: "Optimisers",
    Kind.METRIC: "Metrics",
    Kind.FEATURES: "Backbones",
    Kind.DATASET: "Data sets",
    Kind.OBSERVER: "Observers",
}
PAGES: dict[str, tuple[str, tuple[Kind, ...], str]] = {
    "architectures": (
        "Architectures",
        (Kind.ARCHITECTURE, Kind.GENERATOR, Kind.DISCRIMINATOR),
        "An architecture is a recipe: a generator, a discriminator, a loss, and the settings that go with them. Which "
        "one to take, and how to mix them: [Choose and mix architectures](../how-to/architectures.md).",
    ),
    "strategies": (
        "Strategies",
        (Kind.COMPOSITION, Kind.BALANCE),
        "The levers on the balance between G and D. They compose: `--balance d-skip --balance r1`. Why they are "
        "needed, and what each family does: [Balance](../explanation/balance.md), [Levers](../explanation/levers.md).",
    ),
    "losses": (
        "Losses and optimisers",
        (Kind.LOSS, Kind.OPTIMIZER),
        "A loss says what D and G want of one another; `real` and `fake` below are D's logits. An optimiser makes the "
        "steps.",
    ),
    "scores": (
        "Metrics and backbones",
        (Kind.METRIC, Kind.FEATURES),
        "The settings of each metric, and of the networks whose features they compare. What they measure, and how not "
        "to compare: [Metrics and protocols](metrics.md).",
    ),
    "data": (
        "Data sets and observers",
        (Kind.DATASET, Kind.OBSERVER),
        "Where images come from, and who watches. Your own: [Use your own images](../how-to/own-images.md), "
        "[Watch with other tools](../how-to/observers.md).",
    ),
}
"""File name -> title, the kinds on it, what is said first."""
HOME = {kind: name for name, (_, kinds, _) in PAGES.items() for kind in kinds}
DIRECTIONS = {
    True: "Lower is better.",
    False: "Higher is better.",
    None: "A figure to watch, not to rank by.",
}


def own(kind: Kind) -> list[Offer]:
    return [offer for offer in catalogue().offers(kind) if offer.distribution == OWN_DISTRIBUTION]


def link(kind: Kind, name: str, page: str = "") -> str:
    """To the section of a part, from a page of the reference."""
    where = "" if HOME[kind] == page else f"{HOME[kind]}.md"
    return f"[`{name}`]({where}#{kind}-{name})"


def index() -> Iterator[str]:
    yield (
        "What comes with ganzoo. `ganzoo list` shows what is installed on your machine, other people's plugins "
        "included; `ganzoo show balance d-skip` prints one part."
    )
    for kind, heading in HEADINGS.items():
        rows = [(link(kind, offer.spec.name), cell(offer.spec.summary)) for offer in own(kind)]
        if rows:
            yield f"## {heading}"
            yield table(("name", ""), rows)


def sections(kinds: Sequence[Kind], words: str) -> Iterator[str]:
    yield words
    for kind in kinds:
        offers = own(kind)
        if offers:
            yield f"## {HEADINGS[kind]}"
        for offer in offers:
            yield f"### {offer.spec.name} {{ #{kind}-{offer.spec.name} }}"
            yield from _part(offer)


def _part(offer: Offer) -> Iterator[str]:
    spec = offer.spec
    yield f"**{prose(spec.summary)}**"
    if spec.source:
        yield f"Source: {prose(spec.source)}"
    if isinstance(spec, MetricSpec):
        yield DIRECTIONS[spec.lower_is_better]
    if isinstance(spec, DatasetSpec) and spec.licence:
        yield f"Licence: {prose(spec.licence)}"
    if isinstance(spec, CompositionSpec):
        yield from _composition(spec)
    else:
        yield prose(_docstring(offer))
    if isinstance(spec, BalancingSpec | CompositionSpec) and spec.helps:
        helps = (f"*{ailment}* ({remedy.why})" for ailment, remedy in spec.helps.items())
        yield f"The doctor advises it against {'; '.join(helps)}."
    if isinstance(spec, ArchitectureSpec):
        yield from _recipe(spec)
    if isinstance(spec, ConfiguredSpec):
        yield settings(spec.config) or "No settings."
    yield f"```bash\n{offer.spec.example or _line_to_copy(offer)}\n```"


def _recipe(spec: ArchitectureSpec) -> Iterator[str]:
    made = [(Kind.GENERATOR, spec.generator), (Kind.DISCRIMINATOR, spec.discriminator), (Kind.LOSS, spec.loss)]
    made_of = [(str(kind), link(kind, name, "architectures")) for kind, name in made]
    made_of += [("method", link(Kind.BALANCE, name)) for name in spec.method]
    yield table(("made of", ""), made_of)
    presets = list(spec.presets)
    paths = dict.fromkeys([*spec.settings, *(path for preset in spec.presets.values() for path in preset.settings)])
    yield "What each preset changes; an empty cell leaves the value of the first column, or the part's own default."
    yield table(
        ("setting", "default", *(f"`{name}`" for name in presets)),
        [
            (
                f"`{path}`",
                _value(spec.settings, path),
                *(_value(spec.presets[name].settings, path) for name in presets),
            )
            for path in paths
        ],
    )
    yield "\n".join(f"- `--preset {name}`: {prose(preset.summary)}" for name, preset in spec.presets.items())


def _composition(spec: CompositionSpec) -> Iterator[str]:
    rows = [
        (f"[`{name}`](#{Kind.BALANCE}-{name})", ", ".join(f"`{key} = {value}`" for key, value in settings.items()))
        for name, settings in spec.strategies.items()
    ]
    rows += [(f"`{path}`", f"`{value}`") for path, value in spec.settings.items()]
    rows += [(f"`{path}`", f"`{value}`, where there is such a setting") for path, value in spec.where_possible.items()]
    yield table(("stands for", ""), rows)


def _value(settings: Any, path: str) -> str:  # Any: a mapping of whatever TOML can hold
    if path not in settings:
        return ""
    value = settings[path]
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _docstring(offer: Offer) -> str:
    """What the implementation says of itself: its class, its `build`, or the plugin's module."""
    spec = offer.spec
    if isinstance(spec, ArchitectureSpec):
        plugin = next(plugin for plugin in catalogue().plugins if offer in plugin.offers)
        return inspect.getdoc(sys.modules[plugin.module]) or ""
    build = spec.build  # type: ignore[attr-defined]  # every kind but an architecture has one
    if inspect.isclass(build):
        return inspect.getdoc(build) or ""
    if offer.kind is Kind.DATASET:
        return inspect.getdoc(spec.config) or ""  # type: ignore[attr-defined]  # as above
    if offer.kind is Kind.OPTIMIZER:
        return inspect.getdoc(build) or ""
    settings = spec.config()  # type: ignore[attr-defined]  # as above
    is_network = offer.kind in (Kind.GENERATOR, Kind.DISCRIMINATOR)
    try:
        part = _network(build, settings) if is_network else build(settings)
    except UsageError:  # its weights cannot be had here
        return inspect.getdoc(build) or ""
    return inspect.getdoc(type(part)) or ""


def _network(build: Any, settings: Any) -> Any:  # Any: of whatever config class
    """Built for images, or for points where it refuses images."""
    try:
        return build(settings, ImageShape(64, 3))
    except UsageError:
        return build(settings, ImageShape(1, 1))


def _line_to_copy(offer: Offer) -> str:
    name = offer.spec.name
    lines = {
        Kind.ARCHITECTURE: f"ganzoo run {name}",
        Kind.GENERATOR: f"ganzoo run dcgan --generator {name}",
        Kind.DISCRIMINATOR: f"ganzoo run dcgan --discriminator {name}",
        Kind.LOSS: f"ganzoo run dcgan --loss {name}",
        Kind.OPTIMIZER: f"ganzoo run dcgan --set optimizers.discriminator.kind={name}",
        Kind.BALANCE: f"ganzoo run dcgan --balance {_with_first_setting(offer)}",
        Kind.COMPOSITION: f"ganzoo run dcgan --balance {name}",
        Kind.METRIC: f"ganzoo run dcgan --metric {_with_first_setting(offer)}",
        Kind.FEATURES: f"ganzoo run dcgan --metric fd:features={name}",
        Kind.DATASET: f"ganzoo run dcgan --data {name}",
        Kind.OBSERVER: f"ganzoo run dcgan --set logging.observers.{name}={{}}",
    }
    arguments = {"files": "photos/", "torchvision": "torchvision:cifar10"}
    if offer.kind is Kind.DATASET and name in arguments:
        return f"ganzoo run dcgan --data {arguments[name]}"
    return lines[offer.kind]


def _with_first_setting(offer: Offer) -> str:
    settings = settings_of(offer.spec.config) if isinstance(offer.spec, ConfiguredSpec) else []
    given = [setting for setting in settings if setting.default not in ("none", "(needed)")]
    return f"{offer.spec.name}:{given[0].name}={given[0].default}" if given else offer.spec.name
