"""What only samples can tell, read where they are drawn anyway: are they alike, do they move, does D know by heart?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from ganzoo.contracts import Batch
from ganzoo.contracts.batch import are_points
from ganzoo.evaluation.quantise import dequantise
from ganzoo.training.look import judged
from ganzoo.training.randomness import seed_layers
from ganzoo.training.step import AdversarialStep

PAIRS = 32
TWIN = 0.1
"""Two samples nearer to one another than this share of the samples' mean distance are one. Among 64 faces the nearest
one lies at about half of the mean distance, real or well made; along a generator's one-dimensional thread at 0.03."""
SIDE = 32
"""Samples are compared at no more than this many pixels a side: what is compared is faces, not grain."""


class Stream(Protocol):
    """Images by their place in a fixed order."""

    def take(self, start: int, count: int) -> Batch:
        """Images `start` to `start + count`."""
        ...


class Probe:
    """Reads the samples of each grid.

    Args:
        reals: images trained on.
        held_out: images kept from training, or None where there are too few.
    """

    def __init__(self, reals: Stream, held_out: Stream | None) -> None:
        self._reals = reals
        self._held_out = held_out
        self._similarity_of_reals: float | None = None
        self._last: Tensor | None = None

    def read(self, step: AdversarialStep, samples: Tensor, at: int) -> Iterator[tuple[str, float]]:
        """Signals by name, as `ganzoo.health.signals` describes them.

        Args:
            step: the two networks; nothing of them moves.
            samples: [N, C, H, W] uint8, the grid, from the same latents each time. Of points only `memory` is read:
                likeness and motion mean what they mean to an eye.
            at: the number of the step, to seed D's random layers.
        """
        if are_points(samples):
            if self._held_out is not None:
                yield "memory", self.memory(step, samples, at)
            return
        if len(samples) >= 2:
            similarities = pairwise_similarity(samples)
            yield "similarity", similarities.mean().item()
            yield "similarity_of_reals", self.similarity_of_reals()
            yield "repeats", share_with_a_twin(samples)
        if self._last is not None and self._last.shape == samples.shape:
            yield "motion", (samples.float() - self._last.float()).abs().mean().item() / 255.0
        self._last = samples
        if self._held_out is not None:
            yield "memory", self.memory(step, samples, at)

    def similarity_of_reals(self) -> float:
        """Mean pairwise similarity of real images, read once."""
        if self._similarity_of_reals is None:
            images = self._reals.take(0, 2 * PAIRS).images.cpu()
            self._similarity_of_reals = pairwise_similarity((images + 1.0) * 127.5).mean().item()
        return self._similarity_of_reals

    @torch.no_grad()
    def memory(self, step: AdversarialStep, samples: Tensor, at: int) -> float:
        """r_v = (E[D(trained on)] - E[D(held out)]) / (E[D(trained on)] - E[D(fake)]), clipped to [-1, 2].

        0: D treats images it never saw like those it learns from; 1: like fakes.
        Source: Karras et al. 2020, "Training Generative Adversarial Networks with Limited Data", eq. 1.
        """
        assert self._held_out is not None  # asked only where there are some
        count = len(samples)
        trained, held_out = self._reals.take(0, count), self._held_out.take(0, count)
        device = trained.images.device
        labels = (
            None
            if trained.labels is None
            else torch.arange(count, device=device) % (step.generator.network.num_classes or 1)
        )
        fake = Batch((samples if are_points(samples) else dequantise(samples)).to(device), labels)
        means = []
        with step.discriminator.buffers_kept():
            for name, batch in (("trained", trained), ("held out", held_out), ("fake", fake)):
                seed_layers(step.arithmetic.device, step.seed, at, "probe", name)
                means.append(judged(step.discriminator.network, batch, step.arithmetic).logits.mean().item())
        on_trained, on_held_out, on_fake = means
        if abs(on_trained - on_fake) < 1e-6:
            return 0.0
        return min(2.0, max(-1.0, (on_trained - on_held_out) / (on_trained - on_fake)))

    def state_dict(self) -> dict[str, object]:
        """The last grid, from which the next one's motion is measured."""
        return {} if self._last is None else {"last": self._last}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Go on where `state_dict` left off."""
        self._last = state.get("last")


def share_with_a_twin(images: Tensor) -> float:
    """Share of images whose nearest other one is nearer than `TWIN` of the mean distance between two of them.

    Args:
        images: [N, C, H, W] in [0, 255], N at least 2. Where all are one image, every one has a twin.
    """
    points = small(images).flatten(1)
    distances = torch.cdist(points, points)
    mean = distances.sum() / (len(points) * (len(points) - 1))
    nearest = distances.fill_diagonal_(float("inf")).min(dim=1).values
    return (nearest <= TWIN * mean).float().mean().item()


def small(images: Tensor) -> Tensor:
    """[N, C, H, W] as float32, averaged down to at most `SIDE` pixels."""
    images = images.float()
    return functional.adaptive_avg_pool2d(images, SIDE) if images.shape[-1] > SIDE else images


def pairwise_similarity(images: Tensor) -> Tensor:
    """Structural similarity of the first half of some images with the second half, [N // 2] in [-1, 1].

    Args:
        images: [N, C, H, W] in [0, 255].

    On images averaged down to `SIDE`, with a uniform 7 x 7 window, as in
    Wang et al. 2004, "Image Quality Assessment", section III C, whose constants these are.
    """
    half = len(images) // 2
    images = small(images)
    window = min(7, images.shape[-1])

    def mean(of: Tensor) -> Tensor:
        return functional.avg_pool2d(of, window, stride=1)

    one, other = images[:half], images[half : 2 * half]
    mean_one, mean_other = mean(one), mean(other)
    variance_one = mean(one * one) - mean_one**2
    variance_other = mean(other * other) - mean_other**2
    covariance = mean(one * other) - mean_one * mean_other
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    similarity = ((2 * mean_one * mean_other + c1) * (2 * covariance + c2)) / (
        (mean_one**2 + mean_other**2 + c1) * (variance_one + variance_other + c2)
    )
    return similarity.mean(dim=(1, 2, 3))
