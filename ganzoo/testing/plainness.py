"""What a checkpoint can hold."""

from __future__ import annotations

from collections.abc import Mapping

import torch


def odd_values(value: object, path: str = "state") -> list[str]:
    """Where something is no number, string, None, list, dict or tensor: `state.queue[0]: Batch`."""
    if value is None or isinstance(value, bool | int | float | str | torch.Tensor):
        return []
    if isinstance(value, Mapping):
        odd = [f"{path}: key {key!r}" for key in value if not isinstance(key, str)]
        return odd + [found for key, item in value.items() for found in odd_values(item, f"{path}.{key}")]
    if isinstance(value, list | tuple):
        return [found for index, item in enumerate(value) for found in odd_values(item, f"{path}[{index}]")]
    return [f"{path}: {type(value).__name__}"]


def copied(state: Mapping[str, object]) -> dict[str, object]:
    """The state as a checkpoint gives it back: new dicts, new lists (tuples become lists), new tensors."""
    return {key: _copied(value) for key, value in state.items()}


def _copied(value: object) -> object:
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, Mapping):
        return copied(value)
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value
