"""From what the user said to a `RunConfig`.

Later layers win: defaults < recipe < preset < data set < configuration file < options < `--set`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganzoo.config.compatibility import check_compatible
from ganzoo.config.compositions import balance_layer, strategies_of
from ganzoo.config.conditions import check_conditions
from ganzoo.config.data_option import data_overrides
from ganzoo.config.data_set import add_data_set, check_data_set
from ganzoo.config.files import read_config
from ganzoo.config.layers import Layers, chooses
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override, parse_part, parse_set
from ganzoo.config.recipes import defaults, preset_layer, recipe_layer
from ganzoo.config.validation import NAMED, validate
from ganzoo.contracts.record import NONE
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind

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
        data_option: what `data` was written behind, for messages.
        balance: strategies, `d-skip:threshold=0.8`; they replace the file's strategies, but one named in both keeps
            the file's settings below these.
        metrics: metrics, likewise; `none` alone: no metric.
        observers: who watches, likewise.
        options: settings with an option of their own, as overrides that name it.
        settings: `path=value`.
    """

    recipe: str | None = None
    preset: str | None = None
    config: Path | None = None
    data: str | None = None
    data_option: str = "--data"
    balance: Sequence[str] = ()
    metrics: Sequence[str] = ()
    observers: Sequence[str] = ()
    options: Sequence[Override] = ()
    settings: Sequence[str] = ()


def compose(request: Request, catalogue: Catalogue) -> RunConfig:
    """The configuration, complete and checked.

    Raises:
        UsageError: something cannot be; the message names the setting and where it was written.
    """
    layers = Layers()
    file = read_config(request.config) if request.config else []
    recipe_name, origin = _recipe_name(request, file)
    recipe = catalogue.offer(Kind.ARCHITECTURE, recipe_name, origin)
    layers.add(defaults(catalogue))
    layers.add(recipe_layer(recipe, recipe_name, catalogue))
    if preset := _preset(request, file):
        settings = list(preset_layer(recipe, preset, catalogue))
        _keep_only_what_whole_sections_name(layers, settings)
        layers.add(settings)
    named = [*request.options, *map(parse_set, request.settings)]
    data = [] if request.data is None else list(data_overrides(request.data, catalogue, request.data_option))
    add_data_set(layers, [*file, *data, *named], catalogue)
    _clear_defaults_of_named_sections(layers, file)
    layers.add(override for override in file if override.path not in OF_THE_RECIPE)
    _check_recipe_is_not_set(named)
    _keep_only_what_whole_sections_name(layers, named)
    layers.add(override for override in named if chooses(override.path))  # other parts have other settings
    if request.balance:
        levers = balance_layer(request.balance, layers, catalogue)
        layers.keep_only("balance", strategies_of(levers))
        layers.add(levers)
    for section, option, parts in (
        ("evaluation.metrics", "--metric", request.metrics),
        ("logging.observers", "--observer", request.observers),
    ):
        if parts:
            chosen = [] if list(parts) == [NONE] else parts
            layers.keep_only(section, [part.partition(":")[0] for part in chosen])
            layers.add(override for part in chosen for override in parse_part(part, section, option))
    layers.add(data)
    layers.add(named)
    config = validate(layers.table, catalogue, layers.origin)
    check_compatible(config, catalogue, layers.origin)
    check_conditions(config, catalogue, layers.origin)
    check_data_set(config, named, catalogue)
    return config


def changed(config: RunConfig, changes: Mapping[str, object], catalogue: Catalogue, origin: str) -> RunConfig:
    """The configuration with some settings changed, checked again.

    Raises:
        UsageError: a value that its setting does not take.
    """
    layers = Layers(table=config.plain())
    layers.add(Override(path, value, origin) for path, value in changes.items())
    return validate(layers.table, catalogue, layers.origin)


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


def _preset(request: Request, file: Iterable[Override]) -> Override | None:
    if request.preset is not None:
        return Override("preset", request.preset, "--preset")
    # A written configuration says `preset = "none"` where there was none.
    return next((o for o in file if o.path == "preset" and o.value != NONE), None)


def _keep_only_what_whole_sections_name(layers: Layers, settings: Sequence[Override]) -> None:
    """A whole `method = { r1 = {}, r2 = {} }`, from a preset or from `--set`, means these and no others."""
    for override in settings:
        if override.path in NAMED and isinstance(override.value, Mapping):
            layers.keep_only(override.path, list(override.value))


def _clear_defaults_of_named_sections(layers: Layers, file: Sequence[Override]) -> None:
    """A file that names its metrics (its observers, its method) means these and no others."""
    for section in NAMED:
        paths = [o.path.removeprefix(f"{section}.") for o in file if o.path.startswith(f"{section}.")]
        named = list(dict.fromkeys(path.split(".")[0] for path in paths))
        if named or any(override.path == section for override in file):
            layers.keep_only(section, named)
