"""From tables to a `RunConfig`: names are looked up first (our message, our hint), then types and ranges checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ganzoo.config.models import Choice, RunConfig
from ganzoo.config.tables import Table, look, put
from ganzoo.contracts.parts import (
    DatasetConfig,
    DiscriminatorConfig,
    GeneratorConfig,
    LossConfig,
    OptimizerConfig,
    PartConfig,
)
from ganzoo.errors import UsageError, close_matches, did_you_mean
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import ConfiguredSpec

CHOICES: dict[str, tuple[Kind, type[Choice[Any]]]] = {
    "generator": (Kind.GENERATOR, Choice[GeneratorConfig]),
    "discriminator": (Kind.DISCRIMINATOR, Choice[DiscriminatorConfig]),
    "loss": (Kind.LOSS, Choice[LossConfig]),
    "optimizers.generator": (Kind.OPTIMIZER, Choice[OptimizerConfig]),
    "optimizers.discriminator": (Kind.OPTIMIZER, Choice[OptimizerConfig]),
    "data.source": (Kind.DATASET, Choice[DatasetConfig]),
}
"""Tables in which `kind` names one part."""

NAMED: dict[str, Kind] = {
    "method": Kind.BALANCE,
    "balance": Kind.BALANCE,
    "evaluation.metrics": Kind.METRIC,
    "evaluation.features": Kind.FEATURES,
    "logging.observers": Kind.OBSERVER,
}
"""Tables in which each key names a part."""

_IN_WORDS = {
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_parsing": "should be a number",
    "float_type": "should be a number",
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false",
}
"""What pydantic says of a value's type, in fewer words."""
_NO_TABLE = ("model_type", "model_attributes_type")

Where = Callable[[str], str]
"""Dotted path -> where the user wrote it, or ""."""


def validate(raw: Table, catalogue: Catalogue, where: Where = lambda _: "") -> RunConfig:
    """Check everything and say everything that is wrong at once.

    Args:
        raw: the composed tables.
        catalogue: where names are looked up.
        where: the origin of a setting, for messages.

    Raises:
        UsageError: with one line a problem.
    """
    _check_tables(raw, where)
    problems: list[str] = []
    checked: dict[str, Any] = {}
    for section, (kind, choice) in CHOICES.items():
        checked[section] = _choice(raw, section, kind, choice, catalogue, where, problems)
    for section, kind in NAMED.items():
        table = look(raw, section) or {}
        parts = {
            name: _settings(f"{section}.{name}", settings, kind, name, catalogue, where, problems)
            for name, settings in table.items()
        }
        checked[section] = {name: part for name, part in parts.items() if part is not None}
    try:
        config = RunConfig.model_validate(_filled_in(raw, checked))
    except ValidationError as error:
        problems += _explain(error, "", RunConfig, where)
    if problems:
        first, *rest = problems
        raise UsageError(first.split("\n")[0], hint="\n".join([*first.split("\n")[1:], *rest]))
    return config


def validate_part(path: str, settings: object, kind: Kind, name: str, catalogue: Catalogue, where: Where) -> PartConfig:
    """One part's settings by themselves, where there is no run around them.

    Args:
        path: how messages call the part, `evaluation.metrics.fd`.
        settings: what the user gave.
        kind: of the part.
        name: of the part.
        catalogue: where it is looked up.
        where: the origin of a setting, for messages.

    Raises:
        UsageError: no such part, or settings it does not take.
    """
    problems: list[str] = []
    part = _settings(path, settings, kind, name, catalogue, where, problems)
    if part is None:
        first, *rest = problems
        raise UsageError(first.split("\n")[0], hint="\n".join([*first.split("\n")[1:], *rest]))
    return part


def _check_tables(raw: Table, where: Where) -> None:
    for section in [*CHOICES, *NAMED]:
        parents = section.split(".")
        for depth in range(1, len(parents) + 1):
            path = ".".join(parents[:depth])
            value = look(raw, path)
            if value is not None and not isinstance(value, Mapping):
                raise UsageError(f"{_at(path, where)}: expected a table of settings, not {value!r}")


def _choice(
    raw: Table,
    section: str,
    kind: Kind,
    choice: type[Choice[Any]],
    catalogue: Catalogue,
    where: Where,
    problems: list[str],
) -> Choice[Any]:
    table = look(raw, section)
    name = table.get("kind") if isinstance(table, Mapping) else None
    settings = None
    if isinstance(name, str):
        rest = {key: value for key, value in table.items() if key != "kind"}
        settings = _settings(section, rest, kind, name, catalogue, where, problems, f"{section}.kind")
    else:
        known = ", ".join(catalogue.names(kind))
        problems.append(f"{_at(section, where)}: needs `kind`, the name of a {kind.words}\nknown: {known}")
    # Without settings its problem is listed already: the stand-in keeps the second pass from listing it twice.
    return choice.model_construct(kind=name or "", settings=settings or PartConfig())


def _settings(
    path: str,
    settings: object,
    kind: Kind,
    name: str,
    catalogue: Catalogue,
    where: Where,
    problems: list[str],
    named_at: str = "",
) -> PartConfig | None:
    spec = catalogue.find(kind, name, where(named_at or path))
    assert isinstance(spec, ConfiguredSpec)  # the kinds looked up here all have settings
    try:
        part: PartConfig = spec.config.model_validate(settings)
    except ValidationError as error:
        problems += _explain(error, path, spec.config, where)
        return None
    return part


def _filled_in(raw: Table, checked: Mapping[str, Any]) -> Table:
    """A copy of the tables with the checked parts in their places."""
    filled = deepcopy(raw)
    for section, part in checked.items():
        parent, _, last = section.rpartition(".")
        table = look(filled, parent) if parent else filled
        if not isinstance(table, dict):
            put(filled, section, part)
        else:
            table[last] = part
    return filled


def _explain(error: ValidationError, prefix: str, model: type[BaseModel], where: Where) -> Iterable[str]:
    """Pydantic's findings in the user's words, one a setting."""
    said: set[str] = set()
    findings = [(_names(finding, model), finding) for finding in error.errors()]
    for names, finding in findings:
        path = ".".join([*filter(None, [prefix]), *names])
        # Of a number or a table: what is wrong with the one that was given is enough.
        deeper = any(other[: len(names)] == names and len(other) > len(names) for other, _ in findings)
        closer = any(other == names and not _is_of_another_type(found) for other, found in findings)
        if path in said or deeper or (closer and _is_of_another_type(finding)):
            continue
        said.add(path)
        if finding["type"] == "extra_forbidden":
            owner = _model_at(model, names[:-1])
            known = list(owner.model_fields)
            hint = f"\nsettings: {', '.join(known)}" if known else "\nit has no settings"
            within = _sections_with(names[-1], owner) if len(names) == 1 else []
            near = did_you_mean(within or close_matches(names[-1], known))
            yield f"{_at(path, where)}: no such setting.{near}{hint}"
        elif finding["type"] == "missing":
            yield f"{_at(path, where)}: is needed and was not given"
        elif finding["type"] in _NO_TABLE:
            yield f"{_at(path, where)}: expected a table of settings, not {finding['input']!r}"
        else:
            message = _IN_WORDS.get(finding["type"]) or finding["msg"].removeprefix("Value error, ").removeprefix(
                "Input "
            )
            given = finding["input"]
            number = isinstance(given, float) and not isinstance(given, bool)
            text = f"{given:g}" if number else repr(given)
            said_already = isinstance(given, str) and f"`{given}`" in message
            shown = f" (it is {text})" if isinstance(given, str | int | float | list) and not said_already else ""
            yield f"{_at(path, where)}: {message[:1].lower()}{message[1:]}{shown}"


def _is_of_another_type(finding: ErrorDetails) -> bool:
    return finding["type"] in _IN_WORDS or finding["type"] in _NO_TABLE


def _at(path: str, where: Where) -> str:
    origin = where(path)
    return f"{path} (from {origin})" if origin else path or "configuration"


def _names(finding: ErrorDetails, model: type[BaseModel]) -> list[str]:
    """The path of a finding, as the user writes it."""
    names = [str(part) for part in finding["loc"]]
    if finding["type"] == "extra_forbidden":  # the last name is one the model does not have
        return [*_without_union_tags(names[:-1], model), names[-1]]
    return _without_union_tags(names, model)


def _without_union_tags(names: list[str], model: type[BaseModel]) -> list[str]:
    """`learning_rate.float` is `learning_rate`: pydantic adds the branch of a union it tried."""
    kept: list[str] = []
    owner: type[BaseModel] | None = model
    for name in names:
        if owner is not None and kept and name not in owner.model_fields and not name.isdigit():
            continue
        kept.append(name)
        if owner is not None and not name.isdigit():  # an item of a list is what the list is of
            owner = _model_of(owner, name)
    return kept


def _sections_with(name: str, model: type[BaseModel]) -> list[str]:
    """`training.batch_size` of `batch_size`: where a section has a setting of that name."""
    sections = [(section, _model_of(model, section)) for section in model.model_fields]
    return [f"{section}.{name}" for section, part in sections if part is not None and name in part.model_fields]


def _model_at(model: type[BaseModel], names: list[str]) -> type[BaseModel]:
    for name in names:
        model = _model_of(model, name) or model
    return model


def _model_of(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The record a field holds, or may hold where it holds one of several types."""
    field = model.model_fields.get(name)
    return None if field is None else next(_models_in(field.annotation), None)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, Annotated, tuple):  # not of a dict, whose keys are names of parts
        for part in get_args(annotation):
            yield from _models_in(part)
