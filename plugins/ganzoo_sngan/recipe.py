"""The recipes `sngan` and `cgan-projection`: one pair of networks, without labels and with."""

from __future__ import annotations

from collections.abc import Mapping

from ganzoo.plugin import ArchitectureSpec, Preset, for_both, moving

SOURCE = "Miyato, Kataoka, Koyama & Yoshida 2018, Spectral Normalization for GANs (arXiv 1802.05957)"
PROJECTION = "Miyato & Koyama 2018, cGANs with Projection Discriminator (arXiv 1802.05637)"

SMALL_MACHINE: Mapping[str, object] = {
    "generator.width": 32,
    "generator.growth": 4,
    "generator.latent_dim": 128,
    "discriminator.width": 24,
    "discriminator.growth": 4,
    "discriminator.coarsest": 4,
    "discriminator.more_blocks": 1,
    **for_both("optimizers", kind="adam", betas=[0.0, 0.9]),
    "optimizers.generator.learning_rate": 5e-4,
    "optimizers.discriminator.learning_rate": 1e-3,
    "training.ema_beta": 0.99,
    "training.batch_size": 32,
    "training.epochs": 20,
    "data.image_size": 64,
}
TINY: Mapping[str, object] = {
    # Rates that fall from the first image on. Held for the first half they had to be a quarter of this for G, and the
    # scores of the last epochs rose.
    **for_both("optimizers", learning_rate=moving(2e-3, 1e-4, until_kimg=48.0)),
    "training.batch_size": 16,
    "training.epochs": 12,
    "data.image_size": 32,
}
SMALL: Mapping[str, object] = {
    "generator.width": 64,
    "generator.growth": 8,
    "discriminator.width": 64,
    "discriminator.growth": 8,
    "training.ema_beta": 0.999,
    "training.epochs": 100,
}
PAPER: Mapping[str, object] = {
    "generator.width": 256,
    "generator.growth": 1,
    "discriminator.width": 128,
    "discriminator.growth": 1,
    "discriminator.coarsest": 8,
    "discriminator.more_blocks": 2,
    **for_both(
        "optimizers",
        learning_rate=moving(2e-4, 0.0, until_kimg=16_000.0, shape="linear"),
    ),
    "method.update-ratio.discriminator": 5,
    "method.update-ratio.generator": 1,
    "training.reuse_fakes": False,
    "training.ema_beta": 0.0,
    "training.batch_size": 64,
    "training.steps": 50_000,
    "data.image_size": 32,
}
PRESETS = {
    "tiny": Preset("32 px, batches of 16, 12 epochs: a quarter of an hour on two cores", TINY),
    "small": Preset("64 px, twice the width, 100 epochs: a night on two cores, or an hour on a GPU", SMALL),
    "paper": Preset(
        "as published for CIFAR-10: 32 px, width 256 and 128, five updates of D for one of G, rates down to 0, no "
        "average of G; wants a GPU",
        PAPER,
    ),
}

SNGAN = ArchitectureSpec(
    name="sngan",
    summary="SNGAN: ResNets, spectral norm in D, hinge loss; simple and steady",
    source=SOURCE,
    generator="sngan",
    discriminator="sngan",
    loss="hinge",
    settings=SMALL_MACHINE,
    presets=PRESETS,
)
CGAN_PROJECTION = ArchitectureSpec(
    name="cgan-projection",
    summary="SNGAN's networks with labels: conditional batch norm in G, projection in D",
    source=PROJECTION,
    generator="sngan",
    discriminator="sngan",
    loss="hinge",
    settings={**SMALL_MACHINE, "data.labels": True},
    presets=PRESETS,
)
