import pytest
import torch

from ganzoo.errors import UsageError
from ganzoo.latent.directions import principal_directions, strip
from ganzoo.latent.projection import feature_distance, pixel_distance, project
from ganzoo.latent.space import middle, style_space
from ganzoo.latent.truncation import truncated_styles


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def middles(generator):
    return lambda label: middle(generator, normal(100, 6, seed=1), label)


def test_coordinates_of_styles_are_about_independent_and_of_variance_one(mapped):
    space = style_space(mapped, normal(2000, 6))
    assert space.axes.shape == (6, 3, 6)
    found = space.coordinates(mapped.embed(normal(2000, 6, seed=1)))
    torch.testing.assert_close(found.T.cov(), torch.eye(6), atol=0.15, rtol=0)
    torch.testing.assert_close(found.mean(dim=0), torch.zeros(6), atol=0.1, rtol=0)


@pytest.mark.parametrize("kind", ["linear", "mapped"])
def test_a_style_and_its_coordinates_are_the_same_place(kind, request):
    generator = request.getfixturevalue(kind)
    space = style_space(generator, normal(500, 6))
    styles = generator.embed(normal(10, 6, seed=1))
    torch.testing.assert_close(space.styles(space.coordinates(styles)), styles, atol=1e-4, rtol=1e-4)


def test_no_axis_changes_the_label(labelled):
    space = style_space(labelled, normal(500, 6), label=2)
    assert space.axes.shape == (6, 7)
    assert float(space.axes[:, -1].abs().max()) < 1e-5
    assert float(space.mean[-1]) == 2


def test_where_the_style_is_the_latents_truncation_scales_them(linear):
    latents = normal(5, 6)
    styles = truncated_styles(linear, latents, None, 0.7, middles(linear))
    torch.testing.assert_close(styles, 0.7 * latents, atol=1e-6, rtol=1e-5)


def test_truncated_to_nothing_each_class_has_one_image_of_its_own(labelled):
    labels = torch.tensor([0, 1, 2, 0])
    styles = truncated_styles(labelled, normal(4, 6), labels, 0.0, middles(labelled))
    torch.testing.assert_close(styles[0], styles[3])
    assert styles[:, -1].tolist() == [0, 1, 2, 0]


def test_a_negative_truncation_is_refused(linear):
    with pytest.raises(UsageError, match="truncation -1"):
        truncated_styles(linear, normal(2, 6), None, -1.0, middles(linear))


def test_directions_of_a_linear_generator_are_its_singular_vectors(linear):
    space = style_space(linear, normal(4000, 6))
    found = principal_directions(linear, space, normal(4000, 6, seed=1), normal(4000, 1, 4, 4, seed=2), 3)
    _, values, vectors = torch.linalg.svd(linear.matrix.detach())
    steps = found.steps / found.steps.norm(dim=1, keepdim=True)
    assert ((steps * vectors[:3]).sum(dim=1).abs() > 0.95).all()
    torch.testing.assert_close(found.effects, values[:3] / 4, rtol=0.1, atol=0)  # sqrt(16 pixels)


def test_a_strips_middle_is_the_image_and_its_rows_leave_it_to_both_sides(linear):
    space = style_space(linear, normal(500, 6))
    found = principal_directions(linear, space, normal(100, 6), normal(100, 1, 4, 4), 2)
    style = normal(6, seed=3)
    images = strip(linear, found, style, 3.0, 5).unflatten(0, (2, 5))
    torch.testing.assert_close(images[:, 2], linear.synthesise(style[None]).expand(2, -1, -1, -1))
    torch.testing.assert_close(images[:, 0] - images[:, 2], images[:, 2] - images[:, 4], atol=1e-5, rtol=1e-4)


def test_an_image_the_generator_can_make_is_found(mapped):
    before = {name: value.clone() for name, value in mapped.state_dict().items()}
    style = mapped.embed(normal(1, 6, seed=7))
    target = mapped.synthesise(style)[0].detach()
    spaces = {None: style_space(mapped, normal(500, 6))}
    found = project(mapped, target, spaces, normal(16, 6, seed=8), 150)
    torch.testing.assert_close(found.image, target, atol=0.03, rtol=0)
    assert list(found.losses) == sorted(found.losses, reverse=True)
    assert found.losses[-1] < 0.05 * found.losses[0]
    assert all(torch.equal(before[name], value) for name, value in mapped.state_dict().items())


def test_the_search_finds_the_class_an_image_is_of(labelled):
    with torch.no_grad():
        labelled.matrix[:, -1] = 1.0
        target = labelled(normal(1, 6, seed=7), torch.tensor([2]))[0].clamp(-2, 2)
    spaces = {label: style_space(labelled, normal(500, 6), label) for label in range(3)}
    found = project(labelled, target, spaces, normal(16, 6, seed=8), 60)
    assert float(found.style[-1]) == pytest.approx(2, abs=1e-4)


def test_features_join_the_distance(linear):
    target = linear(normal(1, 6, seed=7))[0].detach()
    spaces = {None: style_space(linear, normal(500, 6))}
    seen = []

    def features(images):
        seen.append(len(images))
        return images.flatten(1)[:, :3]

    found = project(linear, target, spaces, normal(4, 6, seed=8), 5, features)
    assert seen
    torch.testing.assert_close(feature_distance(found.image[None], found.image[None], features), torch.zeros(1))


def test_coarse_differences_weigh_more_than_grain_of_the_same_size():
    target = torch.zeros(1, 1, 16, 16)
    grain = 0.5 * (torch.arange(16)[:, None] + torch.arange(16)[None]).fmod(2).mul(2).sub(1)[None, None]
    assert float(pixel_distance(grain, target)) < float(pixel_distance(target + 0.5, target))
