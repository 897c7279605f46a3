"""The recipe `wgan-gp`."""

from __future__ import annotations

from collections.abc import Mapping

from ganzoo.plugin import ArchitectureSpec, Preset, for_both, moving
from ganzoo_recipes.shared import TINY, TINY_SUMMARY

SMALL_MACHINE: Mapping[str, object] = {
    "generator.width": 32,
    "generator.growth": 4,
    "generator.latent_dim": 128,
    "discriminator.width": 24,
    "discriminator.growth": 4,
    "discriminator.coarsest": 4,
    "discriminator.more_blocks": 1,
    # The penalty is what bounds the critic; the source's has no norm for CIFAR-10 either.
    "discriminator.spectral_norm": False,
    **for_both("optimizers", kind="adam", learning_rate=5e-4, betas=[0.0, 0.9]),
    "training.ema_beta": 0.99,
    "training.batch_size": 32,
    "training.epochs": 20,
    "data.image_size": 64,
}
SMALL: Mapping[str, object] = {
    **for_both(width=64, growth=8),
    "training.ema_beta": 0.999,
    "training.epochs": 100,
}
PAPER: Mapping[str, object] = {
    **for_both(width=128, growth=1),
    "discriminator.coarsest": 8,
    "discriminator.more_blocks": 2,
    **for_both("optimizers", learning_rate=moving(2e-4, 0.0, until_kimg=32_000.0, shape="linear")),
    "training.reuse_fakes": False,
    "training.ema_beta": 0.0,
    "training.batch_size": 64,
    "training.steps": 100_000,
    "data.image_size": 32,
}

WGAN_GP = ArchitectureSpec(
    name="wgan-gp",
    summary="ResNets, the Wasserstein loss, and a gradient penalty in the place of clipping",
    source="Gulrajani et al. 2017, Improved Training of Wasserstein GANs, algorithm 1 (arXiv 1704.00028)",
    generator="sngan",
    discriminator="sngan",
    loss="wasserstein",
    method={
        "update-ratio": {"discriminator": 5, "generator": 1},
        "gradient-penalty": {"weight": 10.0},
    },
    settings=SMALL_MACHINE,
    presets={
        "tiny": Preset(
            TINY_SUMMARY + "; batches of 16, one update of the critic for one of G (the paper has five)",
            {
                **TINY,
                "training.batch_size": 16,
                "method.update-ratio.discriminator": 1,
                **for_both("optimizers", learning_rate=moving(2e-3, 1e-4, until_kimg=48.0)),
            },
        ),
        "small": Preset("64 px, width 64, 100 epochs: a night or more on two cores; better on a GPU", SMALL),
        "paper": Preset(
            "as published for CIFAR-10: 32 px, width 128, rates down to 0, no average of G; wants a GPU", PAPER
        ),
    },
)
