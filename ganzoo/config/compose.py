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
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import ArchitectureSpec

EITHER_OR = (("training.epochs", "training.steps"),)
"""Settings of which one replaces the other."""


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

    def add(self, override: Override) -> None:
        """Put one setting over what is there."""
        for path, value in flatten({override.path: override.value}):
            self._replace_rivals(path, value)
            put(self.table, path, value)
            self.origins[path] = override.origin

    def keep_only(self, section: str, names: set[str]) -> None:
        """Leave out the parts of `section` that are not named."""
        table = look(self.table, section)
        if isinstance(table, dict):
            for name in [name for name in table if name not in names]:
                del table[name]

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
        section, _, last = path.rpartition(".")
        if last == "kind" and section in CHOICES and look(self.table, path) not in (None, value):
            put(self.table, section, None)  # another part has other settings


def compose(request: Request, catalogue: Catalogue) -> RunConfig:
    """The configuration, complete and checked.

    Raises:
        UsageError: something cannot be; the message names the setting and where it was written.
    """
    layers = Layers()
    file = read_config(request.config) if request.config else []
    recipe_name, origin = _recipe_name(request, file)
    recipe = catalogue.find(Kind.ARCHITECTURE, recipe_name, origin)
    preset = request.preset or next((o.value for o in file if o.path == "preset"), None)
    for override in _defaults(catalogue):
        layers.add(override)
    for override in _from_recipe(recipe, recipe_name, preset):
        layers.add(override)
    _clear_defaults_of_named_sections(layers, file)
    for override in file:
        if override.path not in ("recipe", "preset"):
            layers.add(override)
    for section, option, parts in (
        ("balance", "--balance", request.balance),
        ("evaluation.metrics", "--metric", request.metrics),
    ):
        overrides = [override for part in parts for override in parse_part(part, section, option)]
        if parts:
            layers.keep_only(section, {part.partition(":")[0] for part in parts})
        for override in overrides:
            layers.add(override)
    if request.data is not None:
        for override in data_overrides(request.data, catalogue):
            layers.add(override)
    for override in [*request.options, *map(parse_set, request.settings)]:
        layers.add(override)
    config = validate(layers.table, catalogue, layers.origin)
    check_compatible(config, catalogue)
    return config


def data_overrides(text: str, catalogue: Catalogue) -> Iterator[Override]:
    """What `--data TEXT` sets: a data set by name, with an argument or settings behind a colon, or a path.

    Raises:
        UsageError: neither a data set nor something that exists.
    """
    name, colon, argument = text.partition(":")
    path = Path(text).expanduser()
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
        offer.spec.name
        for offer in catalogue.offers(Kind.DATASET)
        if getattr(offer.spec, "argument", "") == "path"
    ]
    if path.exists() and readers:
        yield Override("data.source.kind", readers[0], "--data")
        yield Override("data.source.path", str(path.resolve()), "--data")
        return
    names = catalogue.names(Kind.DATASET)
    raise UsageError(
        f"--data {text}: no such folder or zip, and no data set of that name.{nearest(name, names)}",
        hint=f"data sets: {', '.join(names)}  (`ganzoo list dataset`)",
    )


def _recipe_name(request: Request, file: Iterable[Override]) -> tuple[str, str]:
    if request.recipe is not None:
        return request.recipe, ""
    for override in file:
        if override.path == "recipe":
            return str(override.value), override.origin
    raise UsageError(
        "which architecture?", hint="`ganzoo run dcgan`, or a --config file with `recipe`; `ganzoo list architecture`"
    )


def _defaults(catalogue: Catalogue) -> Iterator[Override]:
    origin = "the defaults"
    for section, (kind, _) in CHOICES.items():
        for name in catalogue.defaults(kind):
            yield Override(f"{section}.kind", name, origin)
    for section, kind in NAMED.items():
        for name in catalogue.defaults(kind):
            yield Override(f"{section}.{name}", {}, origin)


def _from_recipe(recipe: ArchitectureSpec, name: str, preset: str | None) -> Iterator[Override]:
    origin = f"the recipe {recipe.name}"
    yield Override("recipe", name, origin)
    for role in ("generator", "discriminator", "loss"):
        yield Override(f"{role}.kind", getattr(recipe, role), origin)
    for strategy, settings in recipe.method.items():
        yield Override(f"method.{strategy}", dict(settings), origin)
    yield from (Override(path, value, origin) for path, value in recipe.settings.items())
    if preset is None:
        return
    if preset not in recipe.presets:
        known = ", ".join(recipe.presets) or "none"
        raise UsageError(
            f"{recipe.name} has no preset `{preset}`.{nearest(preset, recipe.presets)}",
            hint=f"presets: {known}  (`ganzoo show {recipe.name}`)",
        )
    yield Override("preset", preset, "--preset")
    settings = recipe.presets[preset].settings
    yield from (Override(path, value, f"the preset {preset}") for path, value in settings.items())


def _clear_defaults_of_named_sections(layers: Layers, file: Sequence[Override]) -> None:
    """A file that names its metrics (its observers, its method) means these and no others."""
    for section in NAMED:
        named = {o.path.removeprefix(f"{section}.").split(".")[0] for o in file if o.path.startswith(f"{section}.")}
        if named or any(override.path == section for override in file):
            layers.keep_only(section, named)


def changed(config: RunConfig, changes: Mapping[str, object], catalogue: Catalogue, origin: str) -> RunConfig:
    """The configuration with some settings changed, checked again.

    Raises:
        UsageError: a value that its setting does not take.
    """
    layers = Layers(table=config.model_dump(mode="json"))
    for path, value in changes.items():
        layers.add(Override(path, value, origin))
    return validate(layers.table, catalogue, layers.origin)
