"""From an image file to the latent that comes nearest to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ganzoo.data.contents import Unreadable
from ganzoo.data.decode import decode
from ganzoo.errors import UsageError
from ganzoo.evaluation.quantise import quantise
from ganzoo.latent.projection import Features, project
from ganzoo.latent.space import StyleSpace, style_space
from ganzoo.playing.trained import MOST_CLASSES_TRIED, Trained
from ganzoo.registry.catalogue import Catalogue
from ganzoo.training.loading import load_discriminator

STARTS = 128


@dataclass(frozen=True, slots=True)
class Projection:
    """What the search found.

    Attributes:
        style: [*style]: `generator.synthesise(style[None])` draws it again.
        image: [C, H, W] uint8, the generator's nearest.
        target: [C, H, W] uint8, the image at the generator's size.
        distance: root mean square difference of the two, of 255.
        losses: of the best so far, after each step.
    """

    style: Tensor
    image: Tensor
    target: Tensor
    distance: float
    losses: tuple[float, ...]

    def side_by_side(self) -> Tensor:
        """[2, C, H, W] uint8: the image, and what was found."""
        return torch.stack([self.target, self.image])


def project_file(
    trained: Trained,
    path: Path,
    steps: int,
    label: int | None,
    catalogue: Catalogue,
    *,
    features: bool = False,
) -> Projection:
    """Search for the image.

    Args:
        trained: the generator.
        path: an image file; cut and scaled as the training images were.
        steps: of Adam, at least 1.
        label: where to search; None: in all classes, where G is conditional.
        catalogue: where the discriminator is looked up.
        features: compare what the run's discriminator sees in both, beside their pixels.

    Raises:
        UsageError: a file that cannot be read, no steps, too many classes, or no discriminator with features.
    """
    trained.must_make_images("project")
    if steps < 1:
        raise UsageError(f"{steps} steps: it must be 1 or more")
    target = read_target(trained, path)
    found = project(
        trained.generator,
        target.to(trained.device).float() / 127.5 - 1,
        spaces_of(trained, label),
        trained.draws("project", STARTS).normal(trained.generator.latent_dim),
        steps,
        features_of(trained, catalogue) if features else None,
    )
    image = quantise(found.image[None])[0].cpu()
    distance = (image.float() - target.float()).square().mean().sqrt()
    return Projection(found.style.cpu(), image, target, float(distance), found.losses)


def read_target(trained: Trained, path: Path) -> Tensor:
    """[C, H, W] uint8, of the generator's shape.

    Raises:
        UsageError: no such file, or no image.
    """
    try:
        pixels = decode(path.read_bytes(), trained.section)
    except OSError as error:
        raise UsageError(f"cannot read the image {path}: {error.strerror or error}") from error
    except Unreadable as error:
        raise UsageError(f"{path}: {error}", hint="PNG, JPEG, WebP, GIF, BMP and TIFF can be read") from error
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)


def spaces_of(trained: Trained, label: int | None) -> dict[int | None, StyleSpace]:
    """The styles of one class, or of each; of all where there are no classes."""
    latents = trained.draws("styles", max(1024, 2 * trained.generator.latent_dim)).normal(trained.generator.latent_dim)
    labels: list[int | None] = [label]
    if label is None and trained.generator.num_classes is not None:
        labels = list(range(trained.generator.num_classes))
        if len(labels) > MOST_CLASSES_TRIED:
            raise UsageError(
                f"the generator has {len(labels)} classes, too many to search them all",
                hint="say which one with --class",
            )
    return {one: style_space(trained.generator, latents, one) for one in labels}


def features_of(trained: Trained, catalogue: Catalogue) -> Features:
    """What the run's discriminator sees in images: a measure of likeness learnt on this very data.

    Source: Larsen et al. 2016, "Autoencoding beyond pixels using a learned similarity metric".

    Raises:
        UsageError: the generator came without its run, or the discriminator gives no features.
    """
    if trained.run is None or trained.checkpoint is None:
        raise UsageError("--features needs the run's discriminator, and an exported generator comes without it")
    discriminator = load_discriminator(trained.run, catalogue, trained.checkpoint)
    if "features" not in discriminator.extras:
        raise UsageError(f"--features: the discriminator {type(discriminator).__name__} gives no features")

    def features(images: Tensor) -> Tensor:
        labels = None
        if discriminator.num_classes is not None:  # features come before the label does
            labels = torch.zeros(len(images), dtype=torch.int64, device=images.device)
        return discriminator(images, labels, frozenset({"features"})).extras["features"].float()  # type: ignore[no-any-return]  # nn.Module's call is untyped

    return features
