"""The recipe `stylegan2`: StyleGAN2's networks, loss, and two lazy penalties."""

from __future__ import annotations

from collections.abc import Mapping

from ganzoo.plugin import ArchitectureSpec, Preset, for_both, moving

SOURCE = "Karras et al. 2020, Analyzing and Improving the Image Quality of StyleGAN (arXiv 1912.04958)"

SMALL_MACHINE: Mapping[str, object] = {
    **for_both(width=16, growth=8),
    # Few steps: the source's rate moves equalised weights by a five-hundredth a step, and its noise, which begins at
    # nothing, is learnt before the faces are.
    **for_both("optimizers", kind="adam", betas=[0.0, 0.99]),
    "optimizers.generator.learning_rate": 8e-3,
    "optimizers.discriminator.learning_rate": 4e-3,
    "generator.noise": False,
    "generator.latent_dim": 64,
    "generator.style_dim": 64,
    "generator.mapping_layers": 4,
    "method.r1.gamma": 1.0,
    "training.ema_beta": 0.99,
    "training.batch_size": 32,
    "training.epochs": 20,
    "data.image_size": 64,
}
# With 1 at first, some seeds drew blurred rings for half of the run; with 3 to the end, runs stood still.
FALLING = moving(3.0, 0.3, until_kimg=48.0, from_kimg=16.0)
TINY: Mapping[str, object] = {
    # Rates of ten times the source's, as runs are short. With more, D's loss leapt; with less, faces came late. G's
    # ends far above D's: as low as that, G could not follow, and scores stood still or rose after 32,000 images.
    "optimizers.generator.learning_rate": moving(2e-2, 6e-3, until_kimg=48.0),
    "optimizers.discriminator.learning_rate": moving(1.4e-2, 7e-4, until_kimg=48.0),
    "training.ema_half_life_kimg": 2.0,
    "discriminator.width": 32,
    "discriminator.growth": 4,
    # With its filter D is slow to see fine detail: scores after 8,000 images were 3.3 to 3.5 instead of 1.8 to 2.3.
    "discriminator.filtered": False,
    # Neither of the paper's other two means, as its authors have it for small images: StyleGAN2-ADA on CIFAR-10 (arXiv
    # 2006.06676). Path lengths are compared with an average that begins at 0, and lags for a third of the run.
    "generator.style_mixing": 0.0,
    "method": {"r1": {"every": 1, "gamma": FALLING}, "r2": {"gamma": FALLING}},
    "training.batch_size": 16,
    "training.epochs": 12,
    "data.image_size": 32,
}
SMALL: Mapping[str, object] = {
    **for_both(width=64, growth=4),
    **for_both("optimizers", learning_rate=2e-3),
    "generator.noise": True,
    "generator.latent_dim": 256,
    "generator.style_dim": 256,
    "generator.mapping_layers": 8,
    "training.ema_half_life_kimg": 10.0,
    "training.epochs": 100,
}
PAPER: Mapping[str, object] = {
    **for_both(width=32, growth=16),
    **for_both("optimizers", learning_rate=2e-3),
    "generator.noise": True,
    "generator.latent_dim": 512,
    "generator.style_dim": 512,
    "generator.mapping_layers": 8,
    "method.r1.gamma": 10.0,
    "training.ema_half_life_kimg": 10.0,
    "training.reuse_fakes": False,
    "training.steps": 781_250,
    "data.image_size": 1024,
    "data.horizontal_flip": True,
}

RECIPE = ArchitectureSpec(
    name="stylegan2",
    summary="StyleGAN2: styles from a mapping network, modulated convolutions, noise; the reference for faces",
    source=SOURCE,
    generator="stylegan2",
    discriminator="stylegan2",
    loss="non-saturating",
    method={"r1": {"gamma": 10.0, "every": 16}, "path-length": {"weight": 2.0, "every": 8}},
    settings=SMALL_MACHINE,
    presets={
        "tiny": Preset(
            "32 px, width 16, D of 32, batches of 16, 12 epochs: eight minutes on two cores with fast bf16", TINY
        ),
        "small": Preset("64 px, width 64, 100 epochs: days on two cores, hours on a GPU", SMALL),
        "paper": Preset("config F for FFHQ at 1024 px, 25 million images; wants several GPUs and weeks", PAPER),
    },
)
