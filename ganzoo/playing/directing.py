"""The directions of a generator's latent that change its images most."""

from __future__ import annotations

from torch import Tensor

from ganzoo.errors import UsageError
from ganzoo.evaluation.quantise import quantise
from ganzoo.latent.directions import Directions, principal_directions, strip
from ganzoo.latent.space import StyleSpace, style_space
from ganzoo.playing.trained import MIDDLES_OF, Trained

LOOKS = 512
"""Places where the effect is measured, or four times the dimensions if that is more; at most 2048."""


def space_of(trained: Trained, label: int | None) -> StyleSpace:
    """The styles of one class; of the first where none is named and there are some."""
    generator = trained.generator
    if generator.num_classes is not None and label is None:
        label = 0
    count = max(MIDDLES_OF, 2 * generator.latent_dim)
    return style_space(generator, trained.draws("styles", count).normal(generator.latent_dim), label)


def find_directions(trained: Trained, count: int, label: int | None = None) -> Directions:
    """The `count` directions of the largest effect, the largest first.

    Args:
        trained: the generator.
        count: at least 1; there are no more than the latent has dimensions.
        label: of the class to look at; None: the first one, where G is conditional.

    Raises:
        UsageError: no directions, more than there are, or a generator of points.
    """
    trained.must_make_images("directions")
    generator = trained.generator
    space = space_of(trained, label)
    there_are = len(space.axes)
    if not 1 <= count <= there_are:
        raise UsageError(
            f"{count} directions: this generator's styles have {there_are}", hint="take fewer with --count"
        )
    looks = min(2048, max(LOOKS, 4 * there_are))
    draws = trained.draws("directions", looks)
    coordinates = draws.normal(there_are)
    probes = draws.normal(generator.channels, generator.image_size, generator.image_size)
    return principal_directions(generator, space, coordinates, probes, count)


def directions_strip(
    trained: Trained, directions: Directions, seed: int, reach: float, columns: int, label: int | None = None
) -> Tensor:
    """[K * columns, C, H, W] uint8: a row a direction, around the first image of a seed.

    Args:
        trained: the generator.
        directions: K of them.
        seed: as in `sample`.
        reach: to either side, in standard deviations.
        columns: an odd number, at least 3.
        label: of the image.

    Raises:
        UsageError: an even number of columns, or a reach that is not above 0.
    """
    if columns < 3 or columns % 2 == 0:
        raise UsageError(
            f"{columns} images in a row: take an odd number from 3 on, so that the middle one is the image"
        )
    if not reach > 0:
        raise UsageError(f"a reach of {reach:g}: it must be above 0, in standard deviations of the latents")
    if trained.generator.num_classes is not None and label is None:
        label = 0
    style = trained.generator.embed(*trained.latents(seed, 1, label))[0]
    return quantise(strip(trained.generator, directions, style, reach, columns)).cpu()
