"""DCGAN: the convolutional generator and discriminator of Radford, Metz & Chintala 2016, as a plugin.

The name stands for several programs that differ. P is the paper (arXiv 1511.06434), T the authors' Theano
code, L their Torch code (dcgan.torch), E the example of PyTorch. Bold is what the recipe here
does.

| choice | P | T | L | E |
|---|---|---|---|---|
| kernels | 5 x 5 (figure 1) | 5 x 5 | **4 x 4** | **4 x 4** |
| latents to 4 x 4 px | dense layer | dense layer | **transposed convolution** | **as L** |
| its batch norm scales | unsaid | one a feature | **one a channel** | **one a channel** |
| channels at the finest layer | 128 | 128 | 64 | 64 |
| biases of convolutions | unsaid | **none** | **none** | **none** |
| batch norm in D's first and G's last | **none** | **none** | **none** | **none** |
| D's answer | sigmoid | sigmoid | sigmoid | sigmoid |
| latents | uniform on [-1, 1] | uniform on [-1, 1] | **normal**, or uniform | **normal** |
| D's dropout | **none** | **none** | **none** | **none** |
| weights at the start | **N(0, 0.02)** | **N(0, 0.02)** | **N(0, 0.02)** | **N(0, 0.02)** |
| batch norm scales, at first | unsaid | **N(1, 0.02)** | **N(1, 0.02)** | **N(1, 0.02)** |
| Adam's rate, beta1 | 2e-4, 0.5 | 2e-4, 0.5 | 2e-4, 0.5 | 2e-4, 0.5 |
| weight decay | unsaid | 1e-5 | **none** | **none** |
| batch | 128 | 128 | **64** | **64** |
| fakes in G's turn | fresh | fresh, of a new batch | D's, and their logits | **D's, judged anew** |

Where nothing is bold the recipe does as none of them: D answers with logits and the
loss holds the sigmoid, which is the same function without its overflow; the default width is 32, Adam's rate
1e-3 and its betas (0, 0.99), tuned for minutes on a small machine; G's weights are averaged for sampling. The
presets `paper` and `pytorch-example` set width, rate, betas, batch, average and fakes as P and E have them.
They do not change the kernels, the dense layer, or the latents' distribution, so `paper` is the paper's
training of E's networks at the paper's width. With `norm = "none"` D's inner convolutions have biases, in the
place of batch norm's.

Beyond all of them: image sizes other than 64 px (a stage more or less, channels never above 8 x width), grey
images and images with alpha, and labels: G's latents are joined by an embedding of the label (Mirza &
Osindero 2014), D's logit by the product of its features with an embedding of the label (projection, Miyato &
Koyama 2018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import ArchitectureSpec, DiscriminatorSpec, GeneratorSpec, hookimpl
from ganzoo_dcgan.config import DCGANDiscriminatorConfig, DCGANGeneratorConfig
from ganzoo_dcgan.recipe import RECIPE, SOURCE

if TYPE_CHECKING:
    from ganzoo.contracts import Discriminator, Generator, ImageShape

__all__ = ["DCGANDiscriminatorConfig", "DCGANGeneratorConfig"]


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipe `dcgan`."""
    return [RECIPE]


@hookimpl
def ganzoo_generators() -> list[GeneratorSpec[DCGANGeneratorConfig]]:
    """The generator `dcgan`."""
    return [
        GeneratorSpec(
            name="dcgan",
            summary="Transposed convolutions from 4 px up, batch norm, ReLU, tanh; 16 to 256 px",
            source=SOURCE,
            config=DCGANGeneratorConfig,
            build=_generator,
        )
    ]


@hookimpl
def ganzoo_discriminators() -> list[DiscriminatorSpec[DCGANDiscriminatorConfig]]:
    """The discriminator `dcgan`."""
    return [
        DiscriminatorSpec(
            name="dcgan",
            summary="Strided convolutions down to 4 px, batch norm or none, leaky ReLU; 16 to 256 px",
            source=SOURCE,
            config=DCGANDiscriminatorConfig,
            build=_discriminator,
        )
    ]


def _generator(config: DCGANGeneratorConfig, shape: ImageShape) -> Generator:
    from ganzoo_dcgan.networks import DCGANGenerator

    return DCGANGenerator(config, shape)


def _discriminator(config: DCGANDiscriminatorConfig, shape: ImageShape) -> Discriminator:
    from ganzoo_dcgan.networks import DCGANDiscriminator

    return DCGANDiscriminator(config, shape)
