"""Does a part follow the device of what it is given? Tried on `meta`, a device that every machine has.

A tensor that is made on the way without `device=` lies on the CPU, and torch refuses to add or join it to those of
another device. What reads a number (`.item()`) cannot be followed further on `meta`; where that is a hidden wait for
the device, it is named.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganzoo.errors import ContractError
from ganzoo.testing.rules import Rules

META = "meta"
MIXED = ("expected device", "same device")
"""What torch says of tensors on two devices."""
READING = ("item() cannot be called on meta", "Cannot copy out of meta", "convert meta device")
"""What torch says where a number, or all of them, would have to be read from `meta`."""


def require_neutral(rules: Rules, what: str, call: Callable[[], object], *, may_read: bool = True) -> None:
    """`call`, given tensors on `meta`, mixes them with none on the CPU.

    Args:
        rules: for the message.
        what: what `call` is.
        call: the part at work.
        may_read: it may wait for the device to read a number.

    Raises:
        ContractError: it mixes, or reads where it may not; the hint is what torch says.
    """
    try:
        call()
    except (RuntimeError, NotImplementedError, TypeError) as error:
        if not may_read and any(words in str(error) for words in READING):
            raise ContractError(
                f"{rules.name}: {what} reads numbers from the device, and waits for it in every step: keep them "
                "tensors, or set `reads_numbers = True`",
                hint=str(error),
            ) from error
        if isinstance(error, TypeError) and not any(words in str(error) for words in READING):
            raise
        if any(words in str(error) for words in MIXED):
            raise ContractError(
                f"{rules.name}: {what} follows the device of its inputs: make tensors with `device=images.device`",
                hint=str(error),
            ) from error
        # It reads a number, or uses an operation that `meta` does not have: nothing can be said from here on.


def check_network_device(rules: Rules, network: nn.Module, call: Callable[[nn.Module], object]) -> None:
    """All that a network holds moves with `.to(device)`, and its forward makes nothing elsewhere.

    Args:
        rules: for the message.
        network: on the CPU; a copy is moved.
        call: the forward of the network it is given, on inputs on `meta`.
    """
    moved = copy.deepcopy(network).to(META)
    stray = [
        f"{name}.{attribute}".lstrip(".")
        for name, module in moved.named_modules()
        for attribute, value in vars(module).items()
        if isinstance(value, Tensor) and value.device != torch.device(META)
    ]
    rules.require(
        not stray,
        "all its tensors move with `.to(device)`: a constant is a buffer, `self.register_buffer(name, tensor)`",
        ", ".join(stray),
    )
    for mode in (True, False):
        moved.train(mode)
        require_neutral(rules, "the forward", lambda: call(moved))
