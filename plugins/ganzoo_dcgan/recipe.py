"""The recipe `dcgan`: defaults tuned for a small machine, and the settings others published."""

from __future__ import annotations

from collections.abc import Mapping

from ganzoo.plugin import ArchitectureSpec, Preset, for_both

SOURCE = "Radford, Metz & Chintala 2016, Unsupervised Representation Learning with DCGANs (arXiv 1511.06434)"

SMALL_MACHINE: Mapping[str, object] = {
    **for_both(width=32),
    **for_both("optimizers", kind="adam", learning_rate=1e-3, betas=[0.0, 0.99]),
    "training.ema_beta": 0.99,
    "training.batch_size": 64,
    "training.epochs": 24,
    "data.image_size": 64,
}
TRY: Mapping[str, object] = {
    **for_both(width=8),
    "data.image_size": 16,
    "training.epochs": 2,
    "samples.count": 16,
    "samples.every_kimg": 1.0,
    "evaluation.images": 256,
}
TINY: Mapping[str, object] = {
    **for_both(width=64),
    "training.epochs": 12,
    "training.batch_size": 16,
    **for_both("optimizers", learning_rate=4e-4, betas=[0.5, 0.999]),
    "data.image_size": 32,
}
SMALL: Mapping[str, object] = {**for_both(width=64), "training.ema_beta": 0.999, "training.epochs": 100}
PAPER: Mapping[str, object] = {
    **for_both(width=128),
    **for_both("optimizers", kind="adam", learning_rate=2e-4, betas=[0.5, 0.999]),
    "generator.latent_dim": 100,
    "training.ema_beta": 0.0,
    "training.batch_size": 128,
    "training.epochs": 25,
    "training.reuse_fakes": False,
    "data.image_size": 64,
}
PYTORCH_EXAMPLE: Mapping[str, object] = {
    **PAPER,
    **for_both(width=64),
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
        "try": Preset(
            "a try of seconds: 16 px, width 8, two epochs; shows that everything runs, not what DCGAN can do", TRY
        ),
        "tiny": Preset("32 px, width 64, batches of 16, 12 epochs: a few minutes on two cores", TINY),
        "small": Preset("64 px, twice the width, 100 epochs: hours on two cores, minutes on a GPU", SMALL),
        "paper": Preset(
            "as published: width 128, Adam 2e-4 with beta1 0.5, batches of 128, no average of G; wants a GPU",
            PAPER,
        ),
        "pytorch-example": Preset(
            "as PyTorch's example: width 64, batches of 64, G learns from the fakes D has just judged",
            PYTORCH_EXAMPLE,
        ),
    },
)
