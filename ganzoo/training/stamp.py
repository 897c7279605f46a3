"""How scored images were made: the part of a score's protocol that training knows."""

from __future__ import annotations

from ganzoo.config.models import RunConfig
from ganzoo.contracts import ImageShape
from ganzoo.training.ema import ESTIMATION_BATCH_SIZE, ESTIMATION_BATCHES


def stamp(config: RunConfig, shape: ImageShape) -> dict[str, str]:
    """Two scores are comparable only where these agree, the average's beta aside, with the backbone and the counts."""
    data = config.data
    half_life = config.training.ema_half_life_kimg
    averaged = config.training.ema_beta if half_life is None else half_life
    return {
        "weights": "average" if averaged else "as trained",
        "average_beta": f"{config.training.ema_beta:g}" if half_life is None else "a half-life in images",
        "batch_norm": f"statistics re-estimated over {ESTIMATION_BATCHES * ESTIMATION_BATCH_SIZE} latents",
        "generation_precision": "fp32",
        "split": "whole data set, held-out images included",
        "transform": shape.words if shape.is_points else f"{shape.words}, {shape.channels} channels, {data.fit}",
    }
