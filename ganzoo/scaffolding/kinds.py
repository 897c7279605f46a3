"""The kinds of parts that `ganzoo new` begins."""

from __future__ import annotations

from enum import StrEnum

from ganzoo.errors import UsageError, nearest
from ganzoo.registry.manager import Kind


class Template(StrEnum):
    """A folder in `templates/`: a package whose part is called `my-strategy`, `my-loss` ..."""

    STRATEGY = "strategy"
    LOSS = "loss"
    METRIC = "metric"
    ARCHITECTURE = "architecture"
    DATASET = "dataset"
    OBSERVER = "observer"

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What its package offers, the part it is named after first."""
        if self is Template.STRATEGY:
            return Kind.BALANCE, Kind.COMPOSITION  # `--balance` takes either, so the name must be free in both
        if self is Template.ARCHITECTURE:
            return Kind.ARCHITECTURE, Kind.GENERATOR, Kind.DISCRIMINATOR
        return (Kind(self.value),)


def template_named(word: str) -> Template:
    """The template, by its name or by the kind that `ganzoo list` calls it.

    Raises:
        UsageError: there is none for that.
    """
    for template in Template:
        if word in (template.value, template.kinds[0].value):
            return template
    raise UsageError(
        f"`ganzoo new` has no template for a {word!r}.{nearest(word, list(Template))}",
        hint=f"templates: {', '.join(Template)}",
    )
