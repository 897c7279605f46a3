"""AC-GAN's two networks. Imports torch; loaded when one of them is built."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from ganzoo.contracts import Discriminator, Generator, ImageShape, Judgement
from ganzoo.plugin import check_image_shape, doubling_widths, halvings, joined_by_label
from ganzoo_acgan.config import ACGANDiscriminatorConfig, ACGANGeneratorConfig

SMALLEST, LARGEST = 16, 256
COARSEST = 4
WEIGHT_STD = 0.02
LEAK = 0.2


def initialise(network: nn.Module) -> None:
    """Weights N(0, 0.02), biases 0, in place. Source: Odena et al. 2017, appendix A."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(module.weight, 0.0, WEIGHT_STD)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


class ACGANGenerator(Generator):
    """A dense layer to 4 px with ReLU, then 5 x 5 transposed convolutions, batch norm and ReLU; tanh at the end.

    With labels, the latents are joined by the label as one-hot numbers: that is the style.

    Raises:
        UsageError: a shape it cannot make.
    """

    def __init__(self, config: ACGANGeneratorConfig, shape: ImageShape) -> None:
        check_image_shape("acgan", shape, SMALLEST, LARGEST)
        super().__init__(shape, config.latent_dim)
        widths = doubling_widths(halvings(shape.size, COARSEST), config.width, config.growth)[::-1]
        self.dense = nn.Linear(config.latent_dim + (shape.num_classes or 0), widths[0] * COARSEST**2)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [_doubling(before, after, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
        self.layers = nn.Sequential(*layers, _doubling(widths[-1], shape.channels, bias=True), nn.Tanh())
        initialise(self)

    def embed(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """latents [N, latent_dim], labels [N] or None -> [N, latent_dim + num_classes, if any]."""
        return joined_by_label(latents, labels, self.num_classes)

    def synthesise(self, style: Tensor) -> Tensor:
        """style as `embed` gives it -> images [N, C, H, W] in [-1, 1]."""
        images: Tensor = self.layers(self.dense(style).relu().unflatten(1, (-1, COARSEST, COARSEST)))
        return images


class ACGANDiscriminator(Discriminator):
    """Pairs of 3 x 3 convolutions, the first of each at half the size, down to 4 px; leaky ReLU, dropout.

    Built for labels it does not read them: it names them. Its last layer gives the logit, and beside it, asked for as
    `class_logits`, [N, num_classes], one number for each label. Without labels it has no such extra.

    `features`: the last convolution's activations, [N, widest, 4, 4].

    Raises:
        UsageError: a shape it cannot judge.
    """

    def __init__(self, config: ACGANDiscriminatorConfig, shape: ImageShape) -> None:
        check_image_shape("acgan", shape, SMALLEST, LARGEST)
        super().__init__(shape)
        stages = halvings(shape.size, COARSEST)
        widths = [shape.channels, *doubling_widths(2 * stages, config.width, config.growth)]
        self.stages = nn.ModuleList(
            self._layer(before, after, config.dropout, stride=2 - index % 2, normed=index > 0)
            for index, (before, after) in enumerate(pairwise(widths))
        )
        features = widths[-1] * COARSEST**2
        self.head = nn.Linear(features, 1)
        self.classes = None if shape.num_classes is None else nn.Linear(features, shape.num_classes)
        named = {"features"} if shape.num_classes is None else {"features", "class_logits"}
        self.extras = frozenset(named)  # type: ignore[misc]  # only one that was built for labels can name them
        initialise(self)

    @staticmethod
    def _layer(before: int, after: int, dropout: float, *, stride: int, normed: bool) -> nn.Sequential:
        layers: list[nn.Module] = [nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=not normed)]
        if normed:
            layers.append(nn.BatchNorm2d(after))
        layers.append(nn.LeakyReLU(LEAK, inplace=True))
        if dropout:
            layers.append(nn.Dropout(dropout))
        return nn.Sequential(*layers)

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, C, H, W] -> logits [N]; labels are not read."""
        features = images
        for stage in self.stages:
            features = stage(features)
        flat = features.flatten(1)
        extras = {"features": features} if "features" in want else {}
        if "class_logits" in want and self.classes is not None:
            extras["class_logits"] = self.classes(flat)
        return Judgement(self.head(flat).flatten(), extras)

    def blocks(self) -> list[nn.Module]:
        """The convolutions from the image inwards."""
        return list(self.stages)


def _doubling(before: int, after: int, *, bias: bool) -> nn.ConvTranspose2d:
    return nn.ConvTranspose2d(before, after, 5, stride=2, padding=2, output_padding=1, bias=bias)
