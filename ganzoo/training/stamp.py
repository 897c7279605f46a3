"""How scored images were made: the part of a score's protocol that training knows."""

from __future__ import annotations

from ganzoo.config.models import RunConfig
from ganzoo.training.ema import ESTIMATION_BATCH_SIZE, ESTIMATION_BATCHES


def stamp(config: RunConfig) -> dict[str, str]:
    """Two scores are comparable only where these agree, with the backbone's and the counts."""
    return {
        "weights": f"average, beta {config.training.ema_beta:g}",
        "batch_norm": f"statistics re-estimated over {ESTIMATION_BATCHES * ESTIMATION_BATCH_SIZE} latents",
        "generation_precision": "fp32",
        "split": "training images",
        "transform": f"{config.data.image_size} px, {config.data.channels} channels, {config.data.fit}",
    }
