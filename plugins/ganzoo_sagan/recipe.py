"""The recipe `sagan`."""

from __future__ import annotations

from collections.abc import Mapping

from ganzoo.plugin import ArchitectureSpec, Preset, for_both, moving

SOURCE = "Zhang, Goodfellow, Metaxas & Odena 2019, Self-Attention Generative Adversarial Networks (arXiv 1805.08318)"

SMALL_MACHINE: Mapping[str, object] = {
    "generator.width": 32,
    "generator.growth": 4,
    "discriminator.width": 24,
    "discriminator.growth": 4,
    **for_both(attention_size=16),
    **for_both("optimizers", kind="adam", betas=[0.0, 0.9]),
    "optimizers.generator.learning_rate": 5e-4,
    "optimizers.discriminator.learning_rate": 2e-3,
    "training.ema_beta": 0.99,
    "training.batch_size": 32,
    "training.epochs": 20,
    "data.image_size": 64,
}
TINY: Mapping[str, object] = {
    **for_both(attention_size=8),
    # Held for the first half, then down to a tenth, as `sngan`'s.
    "optimizers.generator.learning_rate": moving(5e-4, 5e-5, from_kimg=24.0, until_kimg=48.0),
    "optimizers.discriminator.learning_rate": moving(2e-3, 2e-4, from_kimg=24.0, until_kimg=48.0),
    "training.batch_size": 16,
    "training.epochs": 12,
    "data.image_size": 32,
}
SMALL: Mapping[str, object] = {
    **for_both(width=64, growth=8),
    "optimizers.generator.learning_rate": 2e-4,
    "optimizers.discriminator.learning_rate": 8e-4,
    "training.ema_beta": 0.999,
    "training.epochs": 100,
}
PAPER: Mapping[str, object] = {
    **for_both(width=64, growth=16, attention_size=32),
    "optimizers.generator.learning_rate": 1e-4,
    "optimizers.discriminator.learning_rate": 4e-4,
    "training.ema_beta": 0.0,
    "training.reuse_fakes": False,
    "training.batch_size": 256,
    "training.steps": 1_000_000,
    "data.image_size": 128,
}

RECIPE = ArchitectureSpec(
    name="sagan",
    summary="SAGAN: self-attention in both networks, spectral norm in both, hinge loss, two rates",
    source=SOURCE,
    generator="sagan",
    discriminator="sagan",
    loss="hinge",
    settings=SMALL_MACHINE,
    presets={
        "tiny": Preset(
            "32 px, attention over 8 x 8, batches of 16, 12 epochs: a quarter of an hour on two cores", TINY
        ),
        "small": Preset("64 px, twice the width, 100 epochs: a night on two cores, or an hour on a GPU", SMALL),
        "paper": Preset(
            "as published for ImageNet: 128 px, attention over 32 x 32, rates 1e-4 and 4e-4, a million steps of 256; "
            "wants GPUs (and `--set data.labels=true`)",
            PAPER,
        ),
    },
)
