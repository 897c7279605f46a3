"""Whatever the catalogue has that makes images can be walked through, searched, steered and taken elsewhere."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import pytest
import torch

from ganzoo.config.models import Choice, DataSection
from ganzoo.contracts import Generator, ImageShape
from ganzoo.contracts.parts import DatasetConfig
from ganzoo.errors import UsageError
from ganzoo.exporting import folder, onnx_file, torch_program
from ganzoo.exporting.network import Drawing, example_inputs, largest_difference, on_the_cpu
from ganzoo.latent.directions import strip
from ganzoo.latent.projection import project
from ganzoo.playing.directing import directions_strip, find_directions
from ganzoo.playing.projecting import spaces_of
from ganzoo.playing.trained import Trained
from ganzoo.playing.walking import frames_of_walk
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.training.ema import estimate_batch_statistics

SMALL = {"width": 8, "latent_dim": 8, "style_dim": 16, "mapping_layers": 2, "depth": 2}
SIZES = (16, 32, 64, 128, 256)


def settings_of(name: str) -> dict[str, int]:
    fields = catalogue().find(Kind.GENERATOR, name).config.model_fields
    return {setting: value for setting, value in SMALL.items() if setting in fields}


@cache
def built(name: str, labels: int | None) -> Generator:
    """The smallest such generator, untrained.

    Raises:
        UsageError: it cannot work with labels, or not without.
    """
    spec = catalogue().find(Kind.GENERATOR, name)
    for size in SIZES:
        try:
            torch.manual_seed(0)
            generator = spec.build(spec.config(**settings_of(name)), ImageShape(size, 3, labels))
        except UsageError:
            if size == SIZES[-1]:
                raise
        else:
            estimate_batch_statistics(generator, 0)
            return generator.requires_grad_(False).eval()
    raise AssertionError("there are sizes")


def generators() -> list[str]:
    """The generators of all recipes; several recipes may share one."""
    names = {catalogue().find(Kind.ARCHITECTURE, recipe).generator for recipe in catalogue().names(Kind.ARCHITECTURE)}
    return sorted(names - {"dirac"})  # one number: it makes 1-D points and nothing else


@pytest.fixture(params=generators())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[None, 3], ids=["without labels", "with labels"])
def generator(name: str, request: pytest.FixtureRequest) -> Generator:
    """Of every architecture, with labels and without, where it works so."""
    try:
        return built(name, request.param)
    except UsageError as error:
        pytest.skip(error.message)


@pytest.mark.parametrize("architecture", generators())
def test_every_architecture_makes_images_with_labels_or_without(architecture):
    works = 0
    for labels in (None, 3):
        with suppress(UsageError):
            works += isinstance(built(architecture, labels), Generator)
    assert works


def trained(generator: Generator) -> Trained:
    section = DataSection(
        source=Choice.model_construct(kind="", settings=DatasetConfig()), image_size=generator.image_size
    )
    classes = [f"class {label}" for label in range(generator.num_classes or 0)]
    return Trained(generator, classes, section, None, None)


def test_a_walk_goes_through_the_images_of_its_seeds(generator):
    from ganzoo.playing.sampling import sample

    found = trained(generator)
    frames = frames_of_walk(found, [3, 4], frames=2, count=1)
    size = found.generator.image_size
    factor = frames[0].shape[0] // size
    for seed, frame in zip((3, 4), frames[::2], strict=True):
        expected = sample(found, 1, seed)[0].permute(1, 2, 0)
        # The way is computed in another order than the image: a step of colour may be rounded the other way.
        assert (torch.from_numpy(frame[::factor, ::factor].copy()).int() - expected.int()).abs().max() <= 1
    assert (frames[1] != frames[0]).any()


def test_a_search_comes_nearer_to_an_image_the_generator_can_make(generator):
    found = trained(generator)
    with torch.no_grad():
        target = generator(*found.latents(11, 1))[0].clamp(-1, 1)
    starts = found.draws("project", 8).normal(generator.latent_dim)
    result = project(generator, target, spaces_of(found, None), starts, 15)
    assert result.image.shape == target.shape
    assert result.losses[-1] < 0.9 * result.losses[0]
    with torch.no_grad():
        again = generator.synthesise(result.style[None])[0].clamp(-1, 1)
    torch.testing.assert_close(again, result.image, atol=1e-4, rtol=0)


def test_directions_come_in_the_order_of_their_effect_on_new_images(generator):
    found = trained(generator)
    directions = find_directions(found, 8)
    assert directions.effects.tolist() == sorted(directions.effects.tolist(), reverse=True)
    change = torch.zeros(8)
    for latents in found.latents(5, 6)[0][:, None]:  # elsewhere than where the effects were measured
        label = None if found.generator.num_classes is None else torch.zeros(1, dtype=torch.int64)
        images = strip(found.generator, directions, found.generator.embed(latents, label)[0], 0.1, 3).unflatten(
            0, (8, 3)
        )
        change += (images[:, 2] - images[:, 0]).square().mean(dim=(1, 2, 3))
    assert float(change[0]) > float(change[-1])
    assert directions_strip(found, directions, seed=5, reach=3.0, columns=5).shape[0] == 40


def test_an_exported_generator_makes_the_same_images(generator, tmp_path):
    generator = on_the_cpu(generator)
    original, inputs = Drawing(generator), example_inputs(generator, 64)
    assert float(original(*inputs).std()) > 0.01  # flat images would agree whatever was written
    program = torch_program.program_of(original, example_inputs(generator, 2))
    torch_program.write_program(program, tmp_path / "generator.pt2")
    onnx_file.write_onnx(program, tmp_path / "generator.onnx")
    for call in (
        torch_program.read_program(tmp_path / "generator.pt2"),
        onnx_file.read_onnx(tmp_path / "generator.onnx"),
    ):
        assert largest_difference(original, call, inputs) < 1e-4


def test_weights_and_facts_are_enough_to_build_it_again(name, generator, tmp_path):
    facts = folder.Facts(
        architecture=name,
        generator={"kind": name, **settings_of(name)},
        image_size=generator.image_size,
        channels=3,
        classes=None if generator.num_classes is None else [str(label) for label in range(generator.num_classes)],
        latent_dim=generator.latent_dim,
        bounded=generator.bounded,
        ganzoo="0",
    )
    folder.write_folder(on_the_cpu(generator), facts, tmp_path, catalogue())
    again = folder.load_folder(tmp_path, catalogue())
    assert largest_difference(generator, again, example_inputs(generator, 8)) == 0
