"""Nested state taken apart into what JSON holds and what safetensors holds, and put together again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

_TENSOR = "__tensor__"


def take_tensors_out(value: Any, tensors: dict[str, Tensor], path: str = "") -> Any:
    """The value with a reference in place of each tensor, which goes into `tensors`."""
    if isinstance(value, Tensor):
        tensors[path] = value
        return {_TENSOR: path}
    if isinstance(value, Mapping):
        return {str(key): take_tensors_out(item, tensors, f"{path}/{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [take_tensors_out(item, tensors, f"{path}/{index}") for index, item in enumerate(value)]
    return value


def put_tensors_back(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    """The value with each reference's tensor in its place.

    Raises:
        KeyError: a reference to a tensor that is not there.
    """
    if isinstance(value, Mapping):
        if set(value) == {_TENSOR}:
            return tensors[value[_TENSOR]]
        return {key: put_tensors_back(item, tensors) for key, item in value.items()}
    if isinstance(value, list):
        return [put_tensors_back(item, tensors) for item in value]
    return value
