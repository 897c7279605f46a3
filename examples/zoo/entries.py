"""The rows of the zoo's table, and what their papers report.

The figures were checked against pages that quote the papers, those of `cgan-projection` against the authors' own; in
which table of a paper a figure stands was not looked up. How many images a score is of is from memory.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """A figure that is not reproduced here.

    Attributes:
        figure: with the name of its metric; "none" where the paper has none.
        protocol: on which images and how it was measured, in the source.
        source: where it is printed.
        command: what would train the same here, given the data and the machine.
    """

    figure: str
    protocol: str
    source: str
    command: str


@dataclass(frozen=True)
class Entry:
    """One row of the table.

    Attributes:
        name: of the recipe, and of the row.
        published: a reference figure.
        preset: with which it is trained here.
    """

    name: str
    published: Published
    preset: str = "tiny"


CIFAR = "--data torchvision:CIFAR10 --image-size 32"
FOR_128_PX = (
    "--image-size 128 --set generator.width=64 --set generator.growth=16 --set discriminator.width=64 "
    "--set discriminator.growth=16 --set discriminator.coarsest=4 --set discriminator.more_blocks=1"
)
FOR_256_PX = (
    "--image-size 256 --set generator.width=96 --set generator.growth=8 --set discriminator.width=96 "
    '--set discriminator.growth=8 --set "method.r1r2.gamma={start = 150, end = 15, until_kimg = 20000}"'
)
ENTRIES = (
    Entry(
        "dcgan",
        Published(
            "Inception score 6.16",
            "CIFAR-10, unsupervised, as others trained it; the paper itself has pictures only",
            "Gulrajani et al. 2017",
            f"ganzoo run dcgan --preset paper {CIFAR}",
        ),
        preset="tiny",
    ),
    Entry(
        "lsgan",
        Published(
            "none",
            "LSUN, 112 px: pictures only",
            "Mao et al. 2017",
            "ganzoo run lsgan --preset paper --data lsun-bedrooms",
        ),
    ),
    Entry(
        "wgan",
        Published(
            "none",
            "LSUN bedrooms, 64 px: losses and pictures only",
            "Arjovsky et al. 2017",
            "ganzoo run wgan --preset paper --data lsun-bedrooms",
        ),
    ),
    Entry(
        "wgan-gp",
        Published(
            "Inception score 7.86",
            "CIFAR-10, unsupervised",
            "Gulrajani et al. 2017",
            f"ganzoo run wgan-gp --preset paper {CIFAR}",
        ),
    ),
    Entry(
        "sngan",
        Published(
            "FID 21.7, Inception score 8.22",
            "CIFAR-10, unsupervised, ResNet and hinge; FID of 5,000 samples against 10,000 test images",
            "Miyato et al. 2018",
            f"ganzoo run sngan --preset paper {CIFAR}",
        ),
    ),
    Entry(
        "cgan-projection",
        Published(
            "intra-class FID 103.1, Inception score 29.7; after 850,000 steps 92.4 and 36.8",
            "ImageNet, 128 px, 1,000 classes, after 450,000 steps",
            "Miyato & Koyama 2018, by the authors' own pfnet-research/sngan_projection, README_paper.md",
            f"ganzoo run cgan-projection --preset paper --data imagenet {FOR_128_PX}",
        ),
    ),
    Entry(
        "sagan",
        Published(
            "FID 18.65, Inception score 52.52",
            "ImageNet, 128 px, 1,000 classes",
            "Zhang et al. 2019",
            "ganzoo run sagan --preset paper --data imagenet --set data.labels=true",
        ),
    ),
    Entry(
        "acgan",
        Published(
            "Inception score 8.25",
            "CIFAR-10, with labels",
            "Odena et al. 2017",
            f"ganzoo run acgan --preset paper {CIFAR}",
        ),
    ),
    Entry(
        "fastgan",
        Published(
            "FID 41.05 (Obama), 10.03 (panda), 26.65 (grumpy cat)",
            "100 images at 256 px; 5,000 samples against the training images",
            "Liu et al. 2021",
            "ganzoo run fastgan --preset paper --data 100-shot-obama",
        ),
    ),
    Entry(
        "stylegan2",
        Published(
            "FID 2.84",
            "FFHQ, 1024 px, config F; 50,000 samples against the training images",
            "Karras et al. 2020",
            "ganzoo run stylegan2 --preset paper --data ffhq",
        ),
    ),
    Entry(
        "r3gan",
        Published(
            "FID 2.75",
            "FFHQ, 256 px; 50,000 samples against the training images",
            "Huang et al. 2024",
            f"ganzoo run r3gan --preset paper --data ffhq {FOR_256_PX}",
        ),
    ),
)
