"""From what the user said to a `RunConfig`.

Later layers win: defaults < recipe < preset < configuration file < options < `--set`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ganzoo.config.compatibility import check_compatible
from ganzoo.config.files import read_config
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override, parse_part, parse_set
from ganzoo.config.tables import Table, flatten, look, put
from ganzoo.config.validation import CHOICES, NAMED, validate
from ganzoo.contracts.record import NONE
from ganzoo.errors import UsageError, nearest
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import OWN_DISTRIBUTION, Kind, Offer
from ganzoo.registry.specs import ArchitectureSpec, Spec

EITHER_OR = (("training.epochs", "training.steps"),)
"""Settings of which one replaces the other."""

OF_THE_RECIPE = {"recipe": "NAME", "preset": "NAME --preset PRESET"}
"""What is known before any layer is filled, and how it is chosen on the command line."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the user asked for, in the order of the command line.

    Attributes:
        recipe: name of the architecture; None: the configuration file names it.
        preset: one of the recipe's presets.
        config: a TOML or YAML file.
        data: name of a data set, `name:argument`, or a folder or zip.
        balance: strategies, `d-skip:threshold=0.8`; they replace the file's strategies, but one named in both keeps
            the file's settings below these.
        metrics: metrics, likewise.
        options: settings with an option of their own, as overrides that name it.
        settings: `path=value`.
    """

    recipe: str | None = None
    preset: str | None = None
    config: Path | None = None
    data: str | None = None
    balance: Sequence[str] = ()
    metrics: Sequence[str] = ()
    options: Sequence[Override] = ()
    settings: Sequence[str] = ()


@dataclass
class Layers:
    """Tables filled layer by layer; each setting remembers where it was written last."""

    table: Table = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def add(self, layer: Iterable[Override]) -> None:
        """Put one layer's settings over what is there.

        Raises:
            UsageError: the layer gives two settings of which one replaces the other.
        """
        settings = [
            Override(path, value, override.origin)
            for override in layer
            for path, value in flatten({override.path: override.value})
        ]
        _check_either_or(settings)
        # A part is chosen before its settings are filled in, in whatever order the user wrote them.
        for setting in sorted(settings, key=lambda setting: not _chooses(setting.path)):
            self._replace_rivals(setting.path, setting.value)
            put(self.table, setting.path, setting.value)
            if setting.value != {}:  # what lay below is gone, and where it came from with it
                below = f"{setting.path}."
                self.origins = {path: was for path, was in self.origins.items() if not path.startswith(below)}
            self.origins[setting.path] = setting.origin

    def keep_only(self, section: str, names: Sequence[str]) -> None:
        """Leave in `section` the parts that are named, in that order; a new one has no settings yet."""
        table = look(self.table, section)
        if isinstance(table, dict):
            put(self.table, section, None)
            put(self.table, section, {name: table.get(name, {}) for name in names})

    def origin(self, path: str) -> str:
        """Where a setting was written, or the nearest setting around or below it."""
        while path:
            if path in self.origins:
                return self.origins[path]
            below = [origin for name, origin in self.origins.items() if name.startswith(f"{path}.")]
            if below:
                return below[-1]
            path = path.rpartition(".")[0]
        return ""

    def _replace_rivals(self, path: str, value: Any) -> None:
        for pair in EITHER_OR:
            if path in pair and value not in (None, NONE):
                put(self.table, pair[1 - pair.index(path)], None)
        section = path.rpartition(".")[0]
        if _chooses(path) and look(self.table, path) not in (None, value):
            put(self.table, section, None)  # another part has other settings


def compose(request: Request, catalogue: Catalogue) -> RunConfig:
    """The configuration, complete and checked.

    Raises:
        UsageError: something cannot be; the message names the setting and where it was written.
    """
    layers = Layers()
    file = read_config(request.config) if request.config else []
    recipe_name, origin = _recipe_name(request, file)
    recipe = catalogue.offer(Kind.ARCHITECTURE, recipe_name, origin)
    layers.add(_defaults(catalogue))
    layers.add(_as_meant_by(recipe, _from_recipe(recipe.spec, recipe_name), catalogue))
    if preset := _preset(request, file):
        layers.add(_as_meant_by(recipe, _from_preset(recipe.spec, preset), catalogue))
    _clear_defaults_of_named_sections(layers, file)
    layers.add(override for override in file if override.path not in OF_THE_RECIPE)
    for section, option, parts in (
        ("balance", "--balance", request.balance),
        ("evaluation.metrics", "--metric", request.metrics),
    ):
        overrides = [override for part in parts for override in parse_part(part, section, option)]
        if parts:
            layers.keep_only(section, [part.partition(":")[0] for part in parts])
        layers.add(overrides)
    if request.data is not None:
        layers.add(data_overrides(request.data, catalogue))
    named = [*request.options, *map(parse_set, request.settings)]
    _check_recipe_is_not_set(named)
    layers.add(named)
    config = validate(layers.table, catalogue, layers.origin)
    check_compatible(config, catalogue)
    return config


def data_overrides(text: str, catalogue: Catalogue) -> Iterator[Override]:
    """What `--data TEXT` sets: a data set by name, with an argument or settings behind a colon, or a path.

    Raises:
        UsageError: neither a data set nor something that exists.
    """
    name, colon, argument = text.partition(":")
    if name in catalogue.names(Kind.DATASET):
        spec = catalogue.find(Kind.DATASET, name, "--data")
        yield Override("data.source.kind", name, "--data")
        if colon and "=" in argument:
            for override in parse_part(text, "data", "--data")[1:]:
                yield Override(override.path.replace(f"data.{name}", "data.source", 1), override.value, "--data")
        elif colon and spec.argument:
            yield Override(f"data.source.{spec.argument}", argument, "--data")
        elif colon:
            raise UsageError(f"--data {text}: `{name}` takes no argument", hint=f"`ganzoo show dataset {name}`")
        return
    readers = [
        catalogue.name_within(OWN_DISTRIBUTION, Kind.DATASET, offer.spec.name)
        for offer in catalogue.offers(Kind.DATASET)
        if getattr(offer.spec, "argument", "") == "path" and offer.distribution == OWN_DISTRIBUTION
    ]
    path = _existing(text)
    if path is not None and readers:
        yield Override("data.source.kind", readers[0], "--data")
        yield Override("data.source.path", str(path), "--data")
        return
    names = catalogue.names(Kind.DATASET)
    raise UsageError(
        f"--data {text}: no such folder or zip, and no data set of that name.{nearest(name, names)}",
        hint=f"data sets: {', '.join(names)}  (`ganzoo list dataset`)",
    )


def _existing(text: str) -> Path | None:
    if not text:
        return None  # to a path, nothing is the current directory; to a user, nothing
    try:
        return Path(text).expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # too long, no such user's home, a NUL
        return None


def _chooses(path: str) -> bool:
    section, _, last = path.rpartition(".")
    return last == "kind" and section in CHOICES


def _check_either_or(settings: Sequence[Override]) -> None:
    for pair in EITHER_OR:
        given = {s.path: s.origin for s in settings if s.path in pair and s.value not in (None, NONE)}
        if len(given) > 1:
            ways = " and ".join(f"{path} (from {origin})" for path, origin in given.items())
            raise UsageError(f"{ways}: one replaces the other", hint="give one of them")


def _check_recipe_is_not_set(overrides: Sequence[Override]) -> None:
    for override in overrides:
        if override.path in OF_THE_RECIPE:
            raise UsageError(
                f"{override.path} (from {override.origin}): it decides what all other settings start from, "
                "and is chosen before them",
                hint=f"ganzoo run {OF_THE_RECIPE[override.path]}",
            )


def _recipe_name(request: Request, file: Iterable[Override]) -> tuple[str, str]:
    if request.recipe is not None:
        return request.recipe, ""
    for override in file:
        if override.path == "recipe":
            return str(override.value), override.origin
    raise UsageError(
        "which architecture?",
        hint="`ganzoo run dcgan`, or a --config file with `recipe`; `ganzoo list architecture`",
    )


def _defaults(catalogue: Catalogue) -> Iterator[Override]:
    origin = "the defaults"
    for section, (kind, _) in CHOICES.items():
        for name in catalogue.defaults(kind):
            yield Override(f"{section}.kind", name, origin)
    for section, kind in NAMED.items():
        for name in catalogue.defaults(kind):
            yield Override(f"{section}.{name}", {}, origin)


def _as_meant_by(recipe: Offer, layer: Iterable[Override], catalogue: Catalogue) -> Iterator[Override]:
    """A recipe's own words mean its own parts, and ganzoo's: who else is installed changes nothing."""
    for override in layer:
        section, _, last = override.path.rpartition(".")
        if _chooses(override.path):
            name = catalogue.name_within(recipe.distribution, CHOICES[section][0], str(override.value))
            yield Override(override.path, name, override.origin)
        elif section == "method":
            name = catalogue.name_within(recipe.distribution, Kind.BALANCE, last)
            yield Override(f"{section}.{name}", override.value, override.origin)
        else:
            yield override


def _from_recipe(recipe: Spec, name: str) -> Iterator[Override]:
    assert isinstance(recipe, ArchitectureSpec)  # what was looked up
    origin = f"the recipe {recipe.name}"
    yield Override("recipe", name, origin)
    for role in ("generator", "discriminator", "loss"):
        yield Override(f"{role}.kind", getattr(recipe, role), origin)
    for strategy, settings in recipe.method.items():
        yield Override(f"method.{strategy}", dict(settings), origin)
    yield from (Override(path, value, origin) for path, value in recipe.settings.items())


def _preset(request: Request, file: Iterable[Override]) -> Override | None:
    if request.preset is not None:
        return Override("preset", request.preset, "--preset")
    # A written configuration says `preset = "none"` where there was none.
    return next((o for o in file if o.path == "preset" and o.value != NONE), None)


def _from_preset(recipe: Spec, preset: Override) -> Iterator[Override]:
    assert isinstance(recipe, ArchitectureSpec)  # what was looked up
    name = str(preset.value)
    if name not in recipe.presets:
        known = ", ".join(recipe.presets) or "none"
        raise UsageError(
            f"{recipe.name} has no preset `{name}` (from {preset.origin}).{nearest(name, recipe.presets)}",
            hint=f"presets: {known}  (`ganzoo show {recipe.name}`)",
        )
    yield preset
    settings = recipe.presets[name].settings
    yield from (Override(path, value, f"the preset {name}") for path, value in settings.items())


def _clear_defaults_of_named_sections(layers: Layers, file: Sequence[Override]) -> None:
    """A file that names its metrics (its observers, its method) means these and no others."""
    for section in NAMED:
        paths = [o.path.removeprefix(f"{section}.") for o in file if o.path.startswith(f"{section}.")]
        named = list(dict.fromkeys(path.split(".")[0] for path in paths))
        if named or any(override.path == section for override in file):
            layers.keep_only(section, named)


def changed(config: RunConfig, changes: Mapping[str, object], catalogue: Catalogue, origin: str) -> RunConfig:
    """The configuration with some settings changed, checked again.

    Raises:
        UsageError: a value that its setting does not take.
    """
    layers = Layers(table=config.model_dump(mode="json"))
    layers.add(Override(path, value, origin) for path, value in changes.items())
    return validate(layers.table, catalogue, layers.origin)
