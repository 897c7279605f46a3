"""What the recipes share: lengths and summaries, and the sizes of DCGAN's networks for a small machine."""

from __future__ import annotations

from collections.abc import Mapping

from ganzoo.plugin import for_both

SMALL_MACHINE: Mapping[str, object] = {
    **for_both(width=32),
    "training.ema_beta": 0.99,
    "training.batch_size": 64,
    "training.epochs": 24,
    "data.image_size": 64,
}
TINY: Mapping[str, object] = {"training.epochs": 12, "data.image_size": 32}
SMALL: Mapping[str, object] = {**for_both(width=64), "training.ema_beta": 0.999, "training.epochs": 100}
PAPER: Mapping[str, object] = {
    **for_both(width=64),
    "generator.latent_dim": 100,
    "training.ema_beta": 0.0,
    "training.batch_size": 64,
    "training.reuse_fakes": False,
}
TINY_SUMMARY = "32 px, 12 epochs: a few minutes on two cores"
SMALL_SUMMARY = "64 px, twice the width, 100 epochs: hours on two cores, minutes on a GPU"
