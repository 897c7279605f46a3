"""The recipe `r3gan`: R3GAN's networks, loss, penalties and schedules."""

from __future__ import annotations

from collections.abc import Mapping

from ganzoo.plugin import ArchitectureSpec, Preset, for_both, moving

SOURCE = "Huang, Gokaslan, Kuleshov & Tompkin 2024, The GAN is dead; long live the GAN! (NeurIPS; arXiv 2501.05441)"


def schedules(rate: float, gamma: float, ema_kimg: float, until_kimg: float) -> dict[str, object]:
    """R3GAN's four schedules, all over one span: rate and gamma fall, beta2 and the average's half-life rise.

    Args:
        rate: Adam's, at first; a quarter of it at the end.
        gamma: of both penalties, at first; a tenth of it at the end.
        ema_kimg: half-life of the average at the end; 0 at first.
        until_kimg: thousand images over which they move.
    """
    return {
        **for_both(
            "optimizers",
            kind="adam",
            learning_rate=moving(rate, rate / 4, until_kimg),
            betas=[0.0, moving(0.9, 0.99, until_kimg)],
        ),
        "method.r1r2.gamma": moving(gamma, gamma / 10, until_kimg),
        "training.ema_half_life_kimg": moving(0.0, ema_kimg, until_kimg),
    }


SMALL_MACHINE: Mapping[str, object] = {
    **for_both(width=16, growth=8, blocks=1, group_width=16),
    **schedules(rate=2e-3, gamma=1.0, ema_kimg=2.0, until_kimg=80.0),
    "generator.latent_dim": 64,
    "training.batch_size": 32,
    "training.epochs": 20,
    "data.image_size": 64,
}
TINY: Mapping[str, object] = {
    **for_both(width=24),
    **schedules(rate=2e-3, gamma=3.0, ema_kimg=2.0, until_kimg=48.0),
    "training.batch_size": 16,
    "training.epochs": 12,
    "data.image_size": 32,
}
SMALL: Mapping[str, object] = {
    **for_both(width=64, growth=4, blocks=2, group_width=16),
    **schedules(rate=5e-4, gamma=1.0, ema_kimg=10.0, until_kimg=400.0),
    "training.epochs": 100,
}
PAPER: Mapping[str, object] = {
    **for_both(width=384, growth=2, blocks=2, group_width=16),
    **schedules(rate=2e-4, gamma=2.0, ema_kimg=500.0, until_kimg=20_000.0),
    "training.batch_size": 256,
    "training.steps": 78_125,
    "data.horizontal_flip": True,
}

RECIPE = ArchitectureSpec(
    name="r3gan",
    summary="R3GAN: a modern ResNet, relativistic loss with R1 and R2, schedules",
    source=SOURCE,
    generator="r3gan",
    discriminator="r3gan",
    loss="relativistic",
    method={"r1r2": {}},
    settings=SMALL_MACHINE,
    presets={
        "tiny": Preset(
            "32 px, width 24, batches of 16, 12 epochs: ten minutes on two cores with fast bf16, half an hour without",
            TINY,
        ),
        "small": Preset("64 px, width 64, 100 epochs: a night on two cores, or an hour on a GPU", SMALL),
        "paper": Preset(
            "as published for FFHQ at 64 px: width 384 to 768, batches of 256, the first 20 million images, over which "
            "the schedules move; wants GPUs",
            PAPER,
        ),
    },
)
