"""How scored images were made: the part of a score's protocol that training knows."""

from __future__ import annotations

from ganzoo.config.models import RunConfig


def stamp(config: RunConfig) -> dict[str, str]:
    """Two scores are comparable only where these agree, with the backbone's and the counts."""
    return {
        "weights": f"average, beta {config.training.ema_beta:g}",
        "batch_norm": "statistics re-estimated over 2,048 latents",
        "generation_precision": "fp32",
        "split": "training images",
        "transform": f"{config.data.image_size} px, {config.data.channels} channels, {config.data.fit}",
    }
