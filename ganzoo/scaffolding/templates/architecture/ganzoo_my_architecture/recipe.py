"""The recipe of my-architecture: which parts, and the settings that go with them."""

from __future__ import annotations

from ganzoo.plugin import ArchitectureSpec, Preset, for_both

SOURCE = "my own"

RECIPE = ArchitectureSpec(
    name="my-architecture",
    summary="A small convolutional pair: a start for your own",
    source=SOURCE,
    generator="my-architecture",
    discriminator="my-architecture",
    loss="non-saturating",
    settings={
        **for_both(width=32),
        **for_both("optimizers", kind="adam", learning_rate=5e-4, betas=[0.0, 0.99]),
        "training.ema_beta": 0.99,
        "training.batch_size": 64,
        "training.epochs": 20,
        "data.image_size": 64,
    },
    presets={
        "try": Preset(
            "a try of seconds: 16 px, width 8, two epochs; shows that everything runs",
            {**for_both(width=8), "data.image_size": 16, "training.epochs": 2, "evaluation.images": 256},
        ),
        "tiny": Preset("32 px, 12 epochs: a few minutes on two cores", {"data.image_size": 32, "training.epochs": 12}),
    },
)
