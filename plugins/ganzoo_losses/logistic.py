"""The logistic formulas that several losses share. Stable at any logit: softplus never overflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def softplus(logits: Tensor) -> Tensor:
    """log(1 + exp(logits)), elementwise."""
    from torch.nn import functional

    return functional.softplus(logits)


def binary_cross_entropy(logits: Tensor, target: Tensor | float) -> Tensor:
    """-target log sigmoid(logits) - (1 - target) log(1 - sigmoid(logits)), elementwise.

    Both parts are non-negative, so nothing cancels at large logits in bf16, as it does in softplus(x) -
    target x.

    Args:
        logits: any shape.
        target: in [0, 1], broadcastable to the logits.
    """
    return target * softplus(-logits) + (1 - target) * softplus(logits)
