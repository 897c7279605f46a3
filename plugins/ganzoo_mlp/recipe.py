"""The recipe `mlp`: defaults for points, and a preset for small images."""

from __future__ import annotations

from ganzoo.plugin import ArchitectureSpec, Preset, for_both

SOURCE = "Goodfellow et al. 2014, Generative Adversarial Nets (arXiv 1406.2661), section 5: dense networks"

RECIPE = ArchitectureSpec(
    name="mlp",
    summary="Dense networks: points in seconds, with known answers; or tiny images",
    source=SOURCE,
    generator="mlp",
    discriminator="mlp",
    loss="non-saturating",
    settings={
        **for_both("optimizers", kind="adam", learning_rate=1e-3, betas=[0.5, 0.999]),
        "training.batch_size": 256,
        "training.steps": 3000,
        "training.ema_beta": 0.99,
    },
    presets={
        "quick": Preset("a try of seconds: 600 steps", {"training.steps": 600}),
        "images": Preset(
            "16 px images: width 512, Adam 2e-4; dense layers know nothing of neighbours, so keep them small",
            {
                **for_both("optimizers", kind="adam", learning_rate=2e-4, betas=[0.5, 0.999]),
                **for_both(width=512),
                "data.image_size": 16,
                "training.batch_size": 64,
                "training.epochs": 24,
            },
        ),
    },
)
