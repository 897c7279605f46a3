"""The recipe `dcgan`: defaults tuned for a small machine, and the settings others published."""

from __future__ import annotations

from collections.abc import Mapping

from ganzoo.plugin import ArchitectureSpec, Preset

SOURCE = "Radford, Metz & Chintala 2016, Unsupervised Representation Learning with DCGANs (arXiv 1511.06434)"


def adam(learning_rate: float, beta1: float, beta2: float) -> dict[str, object]:
    """The same Adam for both networks, by dotted path."""
    return {
        f"optimizers.{role}.{name}": value
        for role in ("generator", "discriminator")
        for name, value in (
            ("kind", "adam"),
            ("learning_rate", learning_rate),
            ("betas", [beta1, beta2]),
        )
    }


def widths(width: int) -> dict[str, object]:
    """The same width for both networks, by dotted path."""
    return {"generator.width": width, "discriminator.width": width}


SMALL_MACHINE: Mapping[str, object] = {
    **widths(32),
    **adam(1e-3, 0.0, 0.99),
    "training.ema_beta": 0.99,
    "training.batch_size": 64,
    "training.epochs": 24,
    "data.image_size": 64,
}
PAPER: Mapping[str, object] = {
    **widths(128),
    **adam(2e-4, 0.5, 0.999),
    "generator.latent_dim": 100,
    "training.ema_beta": 0.0,
    "training.batch_size": 128,
    "training.epochs": 25,
    "training.reuse_fakes": False,
    "data.image_size": 64,
}
PYTORCH_EXAMPLE: Mapping[str, object] = {
    **PAPER,
    **widths(64),
    "training.batch_size": 64,
    "training.reuse_fakes": True,
}

RECIPE = ArchitectureSpec(
    name="dcgan",
    default=True,
    summary="DCGAN: small, fast, easily unbalanced; faces at 64 px in minutes on a laptop",
    source=SOURCE,
    generator="dcgan",
    discriminator="dcgan",
    loss="non-saturating",
    settings=SMALL_MACHINE,
    presets={
        "paper": Preset(
            "as published: width 128, Adam 2e-4 with beta1 0.5, batches of 128, no average of G; wants a GPU",
            PAPER,
        ),
        "pytorch-example": Preset(
            "as PyTorch's example: width 64, batches of 64, G learns from the fakes D has just judged",
            PYTORCH_EXAMPLE,
        ),
        "small": Preset("32 px, about a quarter of the work of the default", {"data.image_size": 32}),
        "tiny": Preset(
            "a try of seconds: 16 px, width 8, two epochs; shows that everything runs, not what DCGAN can do",
            {
                **widths(8),
                "data.image_size": 16,
                "training.epochs": 2,
                "samples.count": 16,
                "samples.every_kimg": 1.0,
                "evaluation.images": 256,
            },
        ),
    },
)
