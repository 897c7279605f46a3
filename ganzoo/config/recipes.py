"""The layers below the user's: ganzoo's defaults, a recipe, one of its presets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ganzoo.config.layers import chooses
from ganzoo.config.overrides import Override
from ganzoo.config.validation import CHOICES, NAMED
from ganzoo.errors import UsageError, nearest
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind, Offer
from ganzoo.registry.specs import ArchitectureSpec, Spec


def defaults(catalogue: Catalogue) -> Iterator[Override]:
    """What stands in where nobody says anything."""
    origin = "the defaults"
    for section, (kind, _) in CHOICES.items():
        for name in catalogue.defaults(kind):
            yield Override(f"{section}.kind", name, origin)
    for section, kind in NAMED.items():
        for name in catalogue.defaults(kind):
            yield Override(f"{section}.{name}", {}, origin)


def recipe_layer(recipe: Offer, name: str, catalogue: Catalogue) -> Iterator[Override]:
    """The recipe's parts, method and settings.

    Args:
        recipe: what was looked up.
        name: as the user wrote it.
        catalogue: where its parts are found.
    """
    return _as_meant_by(recipe, _from_recipe(recipe.spec, name), catalogue)


def preset_layer(recipe: Offer, preset: Override, catalogue: Catalogue) -> Iterator[Override]:
    """The settings of a preset.

    Raises:
        UsageError: the recipe has none of that name.
    """
    return _as_meant_by(recipe, _from_preset(recipe.spec, preset), catalogue)


def _as_meant_by(recipe: Offer, layer: Iterable[Override], catalogue: Catalogue) -> Iterator[Override]:
    """A recipe's own words mean its own parts, and ganzoo's: who else is installed changes nothing."""
    for override in layer:
        section, _, last = override.path.rpartition(".")
        if chooses(override.path):
            name = catalogue.name_within(recipe.distribution, CHOICES[section][0], str(override.value))
            yield Override(override.path, name, override.origin)
        elif section == "method":
            name = catalogue.name_within(recipe.distribution, Kind.BALANCE, last)
            yield Override(f"{section}.{name}", override.value, override.origin)
        elif override.path == "method" and isinstance(override.value, Mapping):
            named = (catalogue.name_within(recipe.distribution, Kind.BALANCE, name) for name in override.value)
            yield Override("method", dict(zip(named, override.value.values(), strict=True)), override.origin)
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
