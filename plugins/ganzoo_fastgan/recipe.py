"""The recipe `fastgan`."""

from __future__ import annotations

from collections.abc import Mapping

from ganzoo.plugin import ArchitectureSpec, Preset, for_both

SOURCE = (
    "Liu, Zhu, Song & Elgammal 2021, Towards Faster and Stabilized GAN Training for High-fidelity Few-shot Image "
    "Synthesis (arXiv 2101.04775)"
)

SMALL_MACHINE: Mapping[str, object] = {
    **for_both(width=8),
    **for_both("optimizers", kind="adam", learning_rate=1e-3, betas=[0.5, 0.99]),
    "generator.latent_dim": 128,
    "training.ema_beta": 0.99,
    "training.batch_size": 32,
    "training.epochs": 20,
    "data.image_size": 64,
}
TINY: Mapping[str, object] = {"training.epochs": 12, "data.image_size": 32}
SMALL: Mapping[str, object] = {
    **for_both(width=32),
    **for_both("optimizers", learning_rate=5e-4),
    "generator.latent_dim": 256,
    "training.ema_beta": 0.999,
    "training.batch_size": 16,
    "training.epochs": 100,
    "data.image_size": 128,
}
PAPER: Mapping[str, object] = {
    **for_both(width=64),
    **for_both("optimizers", learning_rate=2e-4, betas=[0.5, 0.999]),
    "generator.latent_dim": 256,
    "training.ema_beta": 0.999,
    "training.batch_size": 8,
    "training.steps": 50_000,
    "data.image_size": 256,
    "data.horizontal_flip": True,
}

RECIPE = ArchitectureSpec(
    name="fastgan",
    summary="FastGAN: for a hundred to some thousand images; skip-layer excitation, a D that can draw what it sees",
    source=SOURCE,
    generator="fastgan",
    discriminator="fastgan",
    loss="hinge",
    method={"self-reconstruction": {}, "diff-augment": {"colour": 1.0, "translation": 0.125, "cutout": 0.0}},
    settings=SMALL_MACHINE,
    presets={
        "tiny": Preset("32 px, width 8, 12 epochs: a few minutes on two cores", TINY),
        "small": Preset("128 px, width 32, 100 epochs of your few images", SMALL),
        "paper": Preset("as published for some hundred images: 256 px, batches of 8, 50,000 steps; wants a GPU", PAPER),
    },
)
