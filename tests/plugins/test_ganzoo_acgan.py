from pathlib import Path

import pytest
import torch
from torch.nn import functional

import ganzoo
import ganzoo_acgan
from ganzoo.contracts import Batch, Discriminator, Generator, ImageShape, Judgement
from ganzoo.contracts.terms import Seen
from ganzoo.plugin import UsageError
from ganzoo_acgan import ACGANDiscriminatorConfig, ACGANGeneratorConfig
from ganzoo_acgan.auxiliary_classifier import class_loss

CIFAR = ImageShape(32, 3, 10)


def generator(shape: ImageShape = CIFAR, **settings: object) -> Generator:
    return ganzoo_acgan.ganzoo_generators()[0].build(ACGANGeneratorConfig(**settings), shape)


def discriminator(shape: ImageShape = CIFAR, **settings: object) -> Discriminator:
    return ganzoo_acgan.ganzoo_discriminators()[0].build(ACGANDiscriminatorConfig(**settings), shape)


def test_at_cifars_settings_the_layers_are_those_of_the_papers_table() -> None:
    # Odena et al. 2017, table 2; counted by hand, biases beside batch norm left out.
    transposed = [(384, 192, 5, 5), (192, 96, 5, 5), (96, 3, 5, 5)]
    assert [tuple(p.shape) for p in generator().parameters() if p.dim() == 4] == transposed
    network = discriminator()
    convolutions = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    assert [m.out_channels for m in convolutions] == [16, 32, 64, 128, 256, 512]
    assert [m.stride[0] for m in convolutions] == [2, 1, 2, 1, 2, 1]
    count = sum(parameter.numel() for parameter in network.parameters())
    pairs = ((3, 16), (16, 32), (32, 64), (64, 128), (128, 256), (256, 512))
    assert count == sum(9 * b * a for b, a in pairs) + 16 + 2 * (32 + 64 + 128 + 256 + 512) + (16 * 512 + 1) * 11


def test_the_class_loss_is_the_cross_entropy_of_each_image() -> None:
    images, labels, logits = torch.zeros(4, 3, 8, 8), torch.tensor([0, 1, 2, 0]), torch.randn(4, 3)
    batch = Batch(images, labels)
    value = class_loss(Seen(batch, batch, Judgement(torch.zeros(4), {"class_logits": logits})))
    assert torch.allclose(value, functional.cross_entropy(logits, labels, reduction="none"))


def test_a_discriminator_that_names_no_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"names the class.*was built without labels") as caught:
        ganzoo.run("acgan", preset="tiny", settings={"data.labels": False}, steps=1, out=tmp_path / "a")
    assert "data.labels=true" in caught.value.hint
    with pytest.raises(UsageError, match="DCGANDiscriminator names no classes"):
        ganzoo.run("acgan", preset="tiny", settings={"discriminator.kind": "dcgan"}, steps=1, out=tmp_path / "b")
