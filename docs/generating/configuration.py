"""The page on the configuration: every setting of a run, section by section."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from markup import prose, rows, settings
from parts import HEADINGS, HOME, link, own

from ganzoo.config.describe import settings_of
from ganzoo.config.models import Choice, RunConfig, Section
from ganzoo.config.validation import CHOICES, NAMED
from ganzoo.contracts import Schedule


def configuration() -> Iterator[str]:
    yield (
        "Every setting of a run, as `config.toml` holds it. How to give them: "
        "[Configure a run](../how-to/configure.md). "
        "`ganzoo config schema` prints the same as a JSON schema, with other people's plugins included. "
        "`none` switches a setting off where its type says so. A recipe changes many of the defaults below: "
        "see [its settings](architectures.md)."
    )
    yield "## At the top"
    whole = {setting.name: setting for setting in settings_of(RunConfig)}
    plain = [name for name, field in RunConfig.model_fields.items() if not _is_section(field.annotation)]
    yield rows([whole[name] for name in plain if name not in {*CHOICES, *NAMED}])
    for name, field in RunConfig.model_fields.items():
        if name in CHOICES or name in NAMED:
            yield f"## {name}"
            yield prose(field.description or "")
            yield _open_table(name)
        elif _is_section(field.annotation):
            yield f"## {name}"
            yield prose(field.description or "")
            yield from _section(name, field.annotation)
    yield "## A schedule"
    yield (
        "Where the type says `schedule`, a table may stand in the place of a number: "
        "`--set optimizers.discriminator.learning_rate='{start = 1e-3, end = 1e-4, until_kimg = 96}'`. "
        + prose(inspect.getdoc(Schedule) or "")
    )
    yield settings(Schedule)


def _section(name: str, model: Any) -> Iterator[str]:  # Any: the annotation of a field, a Section
    nested = {key: field for key, field in model.model_fields.items() if _is_section(field.annotation)}
    elsewhere = {*CHOICES, *NAMED, *(f"{name}.{key}" for key in nested)}
    direct = [setting for setting in settings_of(model) if f"{name}.{setting.name}" not in elsewhere]
    if direct:
        yield rows(direct)
    for key, field in nested.items():
        yield f"### {name}.{key}"
        yield prose(field.description or "")
        yield from _section(f"{name}.{key}", field.annotation)
    for path in (*CHOICES, *NAMED):
        if path.startswith(f"{name}."):
            yield f"### {path}"
            yield prose(model.model_fields[path.rpartition(".")[2]].description or "")
            yield _open_table(path)


def _open_table(path: str) -> str:
    kind = CHOICES[path][0] if path in CHOICES else NAMED[path]
    anchor = HEADINGS[kind].lower().replace(" ", "-")
    names = ", ".join(link(kind, offer.spec.name) for offer in own(kind))
    if path in CHOICES:
        return f"A table with `kind`, the name of one part, and that part's settings beside it. Known: {names}."
    if not names:
        return "A table with one table of settings a part. None comes with ganzoo; plugins may bring some."
    return f"A table with one table of settings a part. [{HEADINGS[kind]}]({HOME[kind]}.md#{anchor}): {names}."


def _is_section(annotation: object) -> bool:
    return inspect.isclass(annotation) and issubclass(annotation, Section) and not issubclass(annotation, Choice)
