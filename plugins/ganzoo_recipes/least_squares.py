"""The recipe `lsgan`."""

from __future__ import annotations

from ganzoo.plugin import ArchitectureSpec, Preset, for_both
from ganzoo_recipes.shared import PAPER, SMALL, SMALL_MACHINE, SMALL_SUMMARY, TINY, TINY_SUMMARY

LSGAN = ArchitectureSpec(
    name="lsgan",
    summary="DCGAN with the least-squares loss, which pulls at samples already judged right",
    source="Mao et al. 2017, Least Squares Generative Adversarial Networks (arXiv 1611.04076)",
    generator="dcgan",
    discriminator="dcgan",
    loss="least-squares",
    settings={
        **SMALL_MACHINE,
        **for_both("optimizers", kind="adam", learning_rate=5e-4, betas=[0.5, 0.99]),
    },
    presets={
        "tiny": Preset(
            TINY_SUMMARY + "; batches of 16, width 112, and a D that learns at a tenth of G's rate",
            {
                **TINY,
                **for_both(width=112),
                "training.batch_size": 16,
                "training.ema_half_life_kimg": 2.0,
                **for_both("optimizers", betas=[0.0, 0.99]),
                # At one rate for both, samples grew worse before they grew better, and stayed behind.
                "optimizers.generator.learning_rate": 1e-3,
                "optimizers.discriminator.learning_rate": 1e-4,
            },
        ),
        "small": Preset(SMALL_SUMMARY, SMALL),
        "paper": Preset(
            "the published rate and beta1, width 64, no average of G; wants a GPU",
            {**PAPER, **for_both("optimizers", learning_rate=1e-3, betas=[0.5, 0.999]), "training.epochs": 25},
        ),
    },
)
