"""What every piece of configuration is: a frozen record that takes no unknown name, no NaN, no infinity."""

from __future__ import annotations

from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, model_validator

NONE = "none"
"""How a setting is switched off in TOML and on the command line, which have no null."""


class Record(BaseModel):
    """Base of all settings. Attribute docstrings are their descriptions."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _none_by_name(cls, values: Any) -> Any:  # whatever the user wrote; pydantic checks it next
        if not isinstance(values, dict):
            return values
        return {name: None if value == NONE and cls._may_be_none(name) else value for name, value in values.items()}

    @classmethod
    def _may_be_none(cls, name: object) -> bool:
        field = cls.model_fields.get(str(name))
        return field is not None and NoneType in get_args(field.annotation)
