"""What every feature metric asks of a sample before it computes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import ContractError, UsageError

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.contracts.metric import Sample


def at_least_two(sample: Sample, side: str, metric: str) -> None:
    """Raises `UsageError` where `sample` has fewer images than a spread, or a pair, can be computed from."""
    if len(sample.images) < 2:
        raise UsageError(
            f"{metric} needs at least 2 {side} images; there are {len(sample.images)}",
            hint="raise `evaluation.images`, or use a data set with more images",
        )


def features_of(sample: Sample, side: str, metric: str) -> Tensor:
    """The sample's features, [N, D] with N >= 2.

    Args:
        sample: what is compared.
        side: "real" or "generated", for the message.
        metric: its name, for the message.

    Raises:
        UsageError: fewer than 2 images.
        ContractError: the caller did not compute the features the metric asked for.
    """
    at_least_two(sample, side, metric)
    if sample.features is None:
        raise ContractError(f"{metric} was given {side} images without the features it asks for")
    return sample.features
