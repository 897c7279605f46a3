"""The averaged generator: what is sampled, evaluated and exported."""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from ganzoo.config.models import TrainingSection
from ganzoo.contracts import Generator, scheduled_value
from ganzoo.training.randomness import KeyedDraws, seed_layers

ESTIMATION_BATCHES = 4
ESTIMATION_BATCH_SIZE = 128


def averaging(training: TrainingSection) -> Callable[[float], float]:
    """The weight of the past after so many thousand images, as configured.

    A half-life counts images, so that it means the same at any batch size: beta = 0.5^(batch / half-life), as in Karras
    et al. 2020 (StyleGAN2's code) and Huang et al. 2024 (R3GAN). A half-life of 0 is the generator itself.
    """

    def beta(kimg: float) -> float:
        if training.ema_half_life_kimg is None:
            return training.ema_beta
        half_life = scheduled_value(training.ema_half_life_kimg, kimg) * 1000
        return float(0.5 ** (training.batch_size / half_life)) if half_life > 0 else 0.0

    return beta


class AveragedWeights:
    """Exponential moving average of G's weights.

    The first updates weigh more, (1 + n) / (10 + n) of the past at most, so that a slow average does not show the
    initialisation for its first thousand steps. Source: Yazıcı et al. 2019, "The Unusual Effectiveness of Averaging in
    GAN Training"; the warm-up is TensorFlow's `ExponentialMovingAverage(num_updates)`.

    Args:
        network: the generator; its weights are the start.
        beta: weight of the past in [0, 1), or what it is after so many thousand images; 0 is the generator itself.
    """

    def __init__(self, network: Generator, beta: float | Callable[[float], float]) -> None:
        self.beta = beta
        self.updates = 0
        self.network = copy.deepcopy(network).requires_grad_(False)
        self.network.eval()

    @torch.no_grad()
    def update(self, network: Generator, kimg: float = 0.0) -> None:
        """Take the present weights into the average, after `kimg` thousand real images."""
        self.updates += 1
        beta = self.beta(kimg) if callable(self.beta) else self.beta
        beta = min(beta, (1 + self.updates) / (10 + self.updates))
        averaged: list[Tensor] = list(self.network.parameters())
        present: list[Tensor] = list(network.parameters())
        torch._foreach_lerp_(averaged, present, 1.0 - beta)
        for mine, theirs in zip(self.network.buffers(), network.buffers(), strict=True):
            mine.copy_(theirs)

    def snapshot(self, seed: int) -> Generator:
        """A copy to sample from, in eval mode, with BatchNorm's statistics those of the averaged weights."""
        copied = copy.deepcopy(self.network)
        estimate_batch_statistics(copied, seed)
        return copied.eval()


@torch.no_grad()
def estimate_batch_statistics(network: Generator, seed: int) -> None:
    """Set BatchNorm's running statistics to those of the network as it is, over 512 fixed latents.

    The statistics gathered in training belong to weights that moved on; an averaged generator sampled with them is
    visibly worse. A network without BatchNorm is left as it is.
    """
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over the batches
    network.train()
    device = next(network.parameters()).device
    for index in range(ESTIMATION_BATCHES):
        seed_layers(device, seed, "statistics", index)
        network(*latents_and_labels(network, seed, "statistics", index, ESTIMATION_BATCH_SIZE))
    network.eval()
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


def latents_and_labels(
    network: Generator, seed: int, purpose: str, index: int, count: int
) -> tuple[Tensor, Tensor | None]:
    """Fixed latents [count, latent_dim] for a purpose, with labels in turn where the network is conditional."""
    device = next(network.parameters()).device
    draws = KeyedDraws(seed, (purpose, index), count, device)
    labels = None
    if network.num_classes is not None:
        labels = (torch.arange(count, device=device) + index * count) % network.num_classes
    return draws.normal(network.latent_dim), labels
