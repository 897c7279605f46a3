"""The recipe `mlp`: defaults for points, and a preset for small images."""

from __future__ import annotations

from ganzoo.plugin import ArchitectureSpec, Preset

SOURCE = "Goodfellow et al. 2014, Generative Adversarial Nets (arXiv 1406.2661), section 5: dense networks"


def adam(learning_rate: float, beta1: float, beta2: float) -> dict[str, object]:
    """The same Adam for both networks, by dotted path."""
    settings = {"kind": "adam", "learning_rate": learning_rate, "betas": [beta1, beta2]}
    return {
        f"optimizers.{role}.{name}": value
        for role in ("generator", "discriminator")
        for name, value in settings.items()
    }


RECIPE = ArchitectureSpec(
    name="mlp",
    summary="Dense networks: points in seconds, with known answers; or tiny images",
    source=SOURCE,
    generator="mlp",
    discriminator="mlp",
    loss="non-saturating",
    settings={
        **adam(1e-3, 0.5, 0.999),
        "training.batch_size": 256,
        "training.steps": 3000,
        "training.ema_beta": 0.99,
    },
    presets={
        "quick": Preset("a try of seconds: 600 steps", {"training.steps": 600}),
        "images": Preset(
            "16 px images: width 512, Adam 2e-4; dense layers know nothing of neighbours, so keep them small",
            {
                **adam(2e-4, 0.5, 0.999),
                "generator.width": 512,
                "discriminator.width": 512,
                "data.image_size": 16,
                "training.batch_size": 64,
                "training.epochs": 24,
            },
        ),
    },
)
