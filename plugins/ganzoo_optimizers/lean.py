"""Torch's optimisers without torch's compiler.

Methods of `torch.optim.Optimizer` import `torch._dynamo` when they are first called, which takes two of the seconds
that a run takes to start, to tell a compiled training step to leave them out. No step is compiled here.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from torch.optim import Optimizer

Kind = TypeVar("Kind", bound="type[Optimizer]")

MARKED = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")
"""Methods that torch marks for its compiler."""


def lean(kind: Kind) -> Kind:
    """The same optimiser with the methods that lie beneath the marks: the same numbers, by the same kernels."""
    import torch

    methods: dict[str, Any] = {name: inspect.unwrap(getattr(kind, name)) for name in MARKED}
    methods["step"] = torch.no_grad()(inspect.unwrap(kind.step))  # the mark on this one also holds gradients off
    return type(kind.__name__, (kind,), methods)  # type: ignore[return-value]  # a subclass is of its kind
