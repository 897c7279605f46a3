"""Where the networks live and in what arithmetic they run."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganzoo.errors import UsageError


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Device and forward precision. Weights, optimisers, penalties' sums and logits are float32 throughout.

    Attributes:
        device: where.
        autocast: lower precision of the forward and backward, or None.
    """

    device: torch.device
    autocast: torch.dtype | None

    def forward(self) -> AbstractContextManager[object]:
        """Around each forward, and only that: autocast caches cast weights until it is left."""
        if self.autocast is None:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=self.autocast)

    def place(self, network: nn.Module) -> nn.Module:
        """On the device, channels last: the layout in which convolutions are fastest here."""
        return network.to(device=self.device, memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]  # torch's stubs miss this form

    def __str__(self) -> str:
        return f"{self.device.type}, {'bf16' if self.autocast is torch.bfloat16 else 'fp32'}"


def at_least_float32(tensor: Tensor) -> Tensor:
    """What autocast made bf16, in float32; float64 stays."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))


def choose_arithmetic(device: str, precision: str) -> Arithmetic:
    """`auto` becomes what this machine is good at.

    Raises:
        UsageError: a device or precision that is not to be had here.
    """
    chosen = torch.device(_best_device() if device == "auto" else device)
    if not _available(chosen):
        raise UsageError(
            f"--device {device}: this machine has no {device} device that torch {torch.__version__} can use",
            hint=f"--device auto takes the best there is: {_best_device()}",
        )
    if chosen.type == "cuda":
        _without_tf32()
    if precision == "auto":
        precision = "bf16" if _fast_bf16(chosen) else "fp32"
    return Arithmetic(chosen, torch.bfloat16 if precision == "bf16" else None)


def _best_device() -> str:
    return next((name for name in ("cuda", "mps") if _available(torch.device(name))), "cpu")


def _available(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_available()
    if device.type == "mps":
        return torch.backends.mps.is_available()
    return True


def _without_tf32() -> None:
    """fp32 is fp32: cuDNN's convolutions would round to 10 bits by default. Not run where this was written."""
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def _fast_bf16(device: torch.device) -> bool:
    """Only where the hardware multiplies bf16: emulated bf16 is slower than fp32."""
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    # Not run on the machines this was written on: Ampere and later; MPS stays in fp32.
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
