"""What most image architectures share: sizes that are powers of two, the widths of their stages, labels as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.contracts.batch import ImageShape
from ganzoo.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

CHANNELS = (1, 3, 4)


def check_image_shape(architecture: str, shape: ImageShape, smallest: int, largest: int) -> None:
    """Nothing, where `shape` is a power of two from `smallest` to `largest`, in grey, RGB, or RGB with alpha.

    Args:
        architecture: its name, for the message.
        shape: what is asked for.
        smallest: pixels, a power of two.
        largest: pixels, a power of two.

    Raises:
        UsageError: another size or number of channels; the hint is the nearest valid choice.
    """
    sizes = [2**power for power in range(smallest.bit_length() - 1, largest.bit_length())]
    if shape.size not in sizes:
        nearest = min(sizes, key=lambda size: (abs(size - shape.size), -size))
        raise UsageError(
            f"{architecture} cannot work at {shape.size} px: each stage doubles the size, "
            f"so it must be one of {', '.join(map(str, sizes))}",
            hint=f"the nearest is `--image-size {nearest}`",
        )
    if shape.channels not in CHANNELS:
        nearest = min(CHANNELS, key=lambda channels: (abs(channels - shape.channels), channels))
        raise UsageError(
            f"{architecture} cannot work with {shape.channels} channels: it knows 1 (grey), 3 (RGB) and 4 (RGB with "
            "alpha)",
            hint=f"the nearest is `--set data.channels={nearest}`",
        )


def doubling_widths(stages: int, width: int, growth: int) -> list[int]:
    """Channels of the stages from the image inwards: doubled at each halving of the size, up to `growth` x `width`.

    Args:
        stages: how many.
        width: channels of the first.
        growth: the last doubling's factor; 1 keeps all stages as wide as the first.
    """
    return [width * min(2**stage, growth) for stage in range(stages)]


def halvings(size: int, coarsest: int) -> int:
    """How often `size` is halved to reach `coarsest`; both powers of two, in pixels."""
    return (size // coarsest).bit_length() - 1


def given_labels(labels: Tensor | None, num_classes: int) -> Tensor:
    """The labels [N] of a network that was built for `num_classes` of them.

    Raises:
        UsageError: it was given none.
    """
    if labels is None:
        raise UsageError(f"this network works with {num_classes} labels and was given none")
    return labels


def joined_by_label(latents: Tensor, labels: Tensor | None, num_classes: int | None) -> Tensor:
    """The latents, and beside them the label as one-hot numbers: a style that can be mixed with that of another label.

    Args:
        latents: [N, latent_dim].
        labels: [N] int64.
        num_classes: of the network; None: it was built without labels.

    Returns:
        [N, latent_dim + num_classes], or the latents.

    Raises:
        UsageError: a network with labels was given none.
    """
    if num_classes is None:
        return latents
    import torch  # already loaded where tensors exist

    classes = torch.nn.functional.one_hot(given_labels(labels, num_classes), num_classes)
    return torch.cat([latents, classes.to(latents.dtype)], dim=1)
