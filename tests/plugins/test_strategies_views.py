"""What D sees: noise, augmentation, adaptive augmentation."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ganzoo.contracts import Batch, Moment, Observation, Role, Schedule, Views
from ganzoo.testing import SeededDraws
from ganzoo_balance import ada_transforms as transforms
from ganzoo_balance.ada import AdaConfig, AdaptiveAugmentation, adjusted
from ganzoo_balance.ada import augmented as adapted
from ganzoo_balance.augmentations import cut_out, recoloured, translated
from ganzoo_balance.diff_augment import DiffAugment, DiffAugmentConfig, augmented
from ganzoo_balance.instance_noise import InstanceNoise, InstanceNoiseConfig

N = 6
SEEDS = st.integers(0, 10_000)
CHANNELS = st.sampled_from([1, 3, 4])
FULL = DiffAugmentConfig()


def moment(step: int = 0, batch_size: int = N) -> Moment:
    return Moment(step=step, images=step * batch_size, batch_size=batch_size, dataset_size=1000)


def images(seed: int = 0, channels: int = 3, size: int = 8, count: int = N) -> Tensor:
    return SeededDraws(count, seed, "images").uniform(channels, size, size) * 2 - 1


# Noise


@given(st.floats(0.01, 1), st.floats(1, 100), st.floats(0, 200))
def test_instance_noise_fades_in_a_straight_line_to_none(std: float, until: float, kimg: float) -> None:
    strategy = InstanceNoise(InstanceNoiseConfig(std=std, kimg=until))
    when = Moment(step=0, images=int(kimg * 1000), batch_size=N, dataset_size=1000)
    batch = Batch(torch.zeros(N, 3, 32, 32))
    seen = strategy.views(batch, batch, Role.DISCRIMINATOR, when, SeededDraws(N)).fake.images
    expected = std * max(0.0, 1 - when.kimg / until)
    assert seen.std().item() == pytest.approx(expected, rel=0.05, abs=1e-6)


def test_instance_noise_follows_a_schedule_and_by_default_is_gone_after_100_kimg() -> None:
    scheduled = InstanceNoise(InstanceNoiseConfig(std=Schedule(start=1, end=0.5, shape="linear", until_kimg=10)))
    batch = Batch(torch.zeros(N, 3, 32, 32))
    late = Moment(step=0, images=100_000, batch_size=N, dataset_size=1000)
    views = scheduled.views(None, batch, Role.GENERATOR, late, SeededDraws(N))
    assert views.real is None
    assert views.fake.images.std().item() == pytest.approx(0.5, rel=0.05)
    default = InstanceNoise(InstanceNoiseConfig())
    assert default.views(batch, batch, Role.DISCRIMINATOR, late, SeededDraws(N)) == Views(batch, batch)


# Augmentation


@given(SEEDS, CHANNELS)
def test_at_strength_zero_the_images_are_themselves(seed: int, channels: int) -> None:
    given_images = images(seed, channels)
    none = DiffAugmentConfig(colour=0, translation=0, cutout=0)
    assert torch.equal(augmented(given_images, none, SeededDraws(N, seed)), given_images)
    torch.testing.assert_close(adapted(given_images, 0.0, "bgc", SeededDraws(N, seed)), given_images)


@given(SEEDS, CHANNELS, st.sampled_from([8, 9, 16]), st.floats(0, 1))
@settings(max_examples=40)
def test_changed_images_are_finite_of_the_same_shape_and_bounded(
    seed: int, channels: int, size: int, strength: float
) -> None:
    given_images = images(seed, channels, size)
    draws = SeededDraws(N, seed)
    config = DiffAugmentConfig(colour=strength, translation=0.9 * strength, cutout=strength)
    for changed in (augmented(given_images, config, draws), adapted(given_images, strength, "bgc", draws)):
        assert changed.shape == given_images.shape
        assert changed.isfinite().all()
        assert changed.abs().max() < 200


@pytest.mark.parametrize("change", ["diff-augment", "ada"])
def test_changes_can_be_differentiated_once_and_twice(change: str) -> None:
    given_images = images(1).requires_grad_()
    draws = SeededDraws(N, 3)
    changed = (
        augmented(given_images, FULL, draws) if change == "diff-augment" else adapted(given_images, 0.8, "bgc", draws)
    )
    weight = torch.randn(3, 8, 8, requires_grad=True)
    (gradient,) = torch.autograd.grad((weight * changed).square().sum(), given_images, create_graph=True)
    assert gradient.any()
    assert gradient.isfinite().all()
    (again,) = torch.autograd.grad(gradient.square().sum(), weight)
    assert again.any()
    assert again.isfinite().all()


@pytest.mark.parametrize(
    "strategy", [DiffAugment(FULL), InstanceNoise(InstanceNoiseConfig())], ids=["augment", "noise"]
)
def test_the_same_draws_give_the_same_views_and_reals_and_fakes_are_changed_apart(
    strategy: DiffAugment | InstanceNoise,
) -> None:
    batch = Batch(images())
    first, again, other = (
        strategy.views(batch, batch, Role.DISCRIMINATOR, moment(), SeededDraws(N, seed)) for seed in (1, 1, 2)
    )
    assert first.real is not None
    assert again.real is not None
    assert torch.equal(first.real.images, again.real.images)
    assert torch.equal(first.fake.images, again.fake.images)
    assert not torch.equal(first.fake.images, other.fake.images)
    assert not torch.equal(first.real.images, first.fake.images)
    assert not torch.equal(first.fake.images[0], first.fake.images[1])


def test_the_generator_sees_its_fakes_changed_as_the_discriminator_does() -> None:
    batch = Batch(images())
    strategy = DiffAugment(FULL)
    of_d = strategy.views(batch, batch, Role.DISCRIMINATOR, moment(), SeededDraws(N, 1))
    of_g = strategy.views(None, batch, Role.GENERATOR, moment(), SeededDraws(N, 1))
    assert torch.equal(of_d.fake.images, of_g.fake.images)


@given(SEEDS, st.integers(-8, 8), st.integers(-8, 8))
def test_a_translation_is_a_move_with_grey_coming_in(seed: int, right: int, down: int) -> None:
    given_images = images(seed)
    moved = translated(given_images, torch.full((N,), right), torch.full((N,), down))
    padded = torch.nn.functional.pad(given_images, (8, 8, 8, 8))
    assert torch.equal(moved, padded[:, :, 8 - down : 16 - down, 8 - right : 16 - right])


@given(st.integers(0, 8), st.integers(0, 8), st.integers(1, 8))
def test_a_cutout_is_a_grey_square_cut_off_at_the_border(column: int, row: int, size: int) -> None:
    cut = cut_out(torch.ones(1, 3, 8, 8), torch.tensor([column]), torch.tensor([row]), size)
    gone = (cut == 0).all(dim=1)[0]
    rows, columns = gone.any(dim=1).sum().item(), gone.any(dim=0).sum().item()
    assert gone.sum().item() == rows * columns
    assert 1 <= rows <= size
    assert 1 <= columns <= size
    if size // 2 <= row <= 8 - size + size // 2:
        assert rows == size


def test_colours_change_by_the_published_formulas() -> None:
    given_images = images(count=1)
    half = torch.tensor([0.5])
    one = torch.ones(1)
    assert torch.allclose(recoloured(given_images, half, one, one), given_images + 0.5)
    grey = given_images.mean(dim=1, keepdim=True)
    assert torch.allclose(recoloured(given_images, 0 * one, half, one), (given_images + grey) / 2, atol=1e-6)
    mean = given_images.mean()
    assert torch.allclose(recoloured(given_images, 0 * one, one, half), (given_images + mean) / 2, atol=1e-6)


@given(SEEDS)
def test_diff_augments_brightness_stays_within_the_published_range(seed: int) -> None:
    config = DiffAugmentConfig(translation=0, cutout=0)
    grey = torch.zeros(N, 3, 4, 4)
    changed = augmented(grey, config, SeededDraws(N, seed))
    assert changed.abs().max() <= 0.5


@given(SEEDS)
def test_alpha_keeps_its_values_under_colour_changes(seed: int) -> None:
    given_images = images(seed, channels=4)
    draws = SeededDraws(N, seed)
    assert torch.equal(
        augmented(given_images, DiffAugmentConfig(translation=0, cutout=0), draws)[:, 3], given_images[:, 3]
    )
    assert torch.equal(adapted(given_images, 1.0, "c", draws)[:, 3], given_images[:, 3])


# Adaptive augmentation


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_quarter_turn_and_a_mirroring_are_exact(turns: int) -> None:
    given_images = images()
    turn = transforms.rotation(torch.full((N,), turns * math.pi / 2))
    torch.testing.assert_close(
        transforms.resampled(given_images, turn), torch.rot90(given_images, turns, (2, 3)), atol=1e-4, rtol=1e-4
    )
    mirror = transforms.scaling(-torch.ones(N), torch.ones(N))
    torch.testing.assert_close(transforms.resampled(given_images, mirror), given_images.flip(3), atol=1e-4, rtol=1e-4)


def test_beyond_the_border_images_are_mirrored() -> None:
    assert transforms.mirrored(torch.arange(-4, 8), 4).tolist() == [3, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 0]
    given_images = images()
    moved = transforms.resampled(given_images, transforms.translation(torch.tensor([[3.0, 0.0]] * N)))
    torch.testing.assert_close(moved[:, :, :, :5], given_images[:, :, :, 3:])
    torch.testing.assert_close(moved[:, :, :, 5:], given_images[:, :, :, 5:].flip(3))


@given(st.floats(-math.pi, math.pi))
def test_a_hue_turn_keeps_grey_and_lengths(angle: float) -> None:
    class Always(SeededDraws):
        """Hue turned by the angle, nothing else."""

        def named(self, purpose: str) -> Always:
            return Always(self.images, self.seed, f"{self.purpose}/{purpose}")

        def uniform(self, *shape: int) -> Tensor:
            value = angle / (2 * math.pi) + 0.5 if self.purpose.endswith("hue") else 1.0
            return torch.full((self.images, *shape), 0.0 if self.purpose.endswith("hue/chance") else value)

    matrix, added = transforms.colour_matrix(0.5, N, Always(N))
    assert not added.any()
    eye = torch.eye(3).expand(N, 3, 3)
    torch.testing.assert_close(matrix @ matrix.transpose(1, 2), eye, atol=1e-5, rtol=0)
    torch.testing.assert_close(matrix.sum(dim=2), torch.ones(N, 3), atol=1e-5, rtol=0)
    assert matrix[0].trace().item() == pytest.approx(1 + 2 * math.cos(angle), abs=1e-4)


def test_grey_images_stay_one_channel_and_follow_the_mean_of_the_colours() -> None:
    given_images = images(channels=1)
    matrix, added = transforms.colour_matrix(1.0, N, SeededDraws(N, 5))
    grey = transforms.recoloured(given_images, matrix, added)
    coloured = transforms.recoloured(given_images.expand(-1, 3, -1, -1), matrix, added)
    torch.testing.assert_close(grey, coloured.mean(dim=1, keepdim=True), atol=1e-5, rtol=1e-5)


@given(SEEDS, st.floats(0, 1))
@settings(max_examples=30)
def test_a_change_happens_to_a_share_p_of_the_images(seed: int, p: float) -> None:
    count = 2000
    changed = transforms.happens(torch.ones(count), 0.0, p, SeededDraws(count, seed))
    assert changed.mean().item() == pytest.approx(p, abs=0.06)


def test_with_p_of_a_half_about_half_of_the_images_are_mirrored_or_turned_or_moved() -> None:
    # each of three happens with 1/2, and then is neutral by chance with 1/2, 1/4, and hardly ever
    count = 400
    given_images = images(count=count)
    changed = adapted(given_images, 0.5, "b", SeededDraws(count, 1))
    same = ((changed - given_images).abs().amax(dim=(1, 2, 3)) < 1e-3).float().mean().item()
    assert same == pytest.approx(0.75 * 0.625 * 0.5, abs=0.1)


def observation(sign: float, step: int = 0, role: Role = Role.DISCRIMINATOR, batch_size: int = N) -> Observation:
    return Observation(role, moment(step, batch_size), {"sign_real": torch.tensor(sign)})


def test_p_goes_from_none_to_all_in_500_kimg_and_back() -> None:
    strategy = AdaptiveAugmentation(AdaConfig())
    batch, kimg = 1000, 500
    for step in range(kimg // 2):
        strategy.observe(observation(1.0, step, batch_size=batch))
    assert strategy.p == pytest.approx(248 / 500)  # 250 forwards hold 62 adjustments of 4 each
    for step in range(2 * kimg):
        strategy.observe(observation(1.0, step, batch_size=batch))
    assert strategy.p == 1
    for step in range(kimg + 4):
        strategy.observe(observation(-1.0, step, batch_size=batch))
    assert strategy.p == 0


def test_p_is_adjusted_every_fourth_forward_of_d_by_the_mean_sign() -> None:
    strategy = AdaptiveAugmentation(AdaConfig(kimg=1))
    seen = []
    for sign in (1.0, 1.0, 1.0, 0.0, 1.0, 0.2, 0.2, 0.2):
        strategy.observe(observation(sign))
        strategy.observe(observation(1.0, role=Role.GENERATOR))
        seen.append(strategy.p)
    assert seen == pytest.approx([0, 0, 0, 0.024, 0.024, 0.024, 0.024, 0])


@given(st.floats(0, 1), st.floats(-1, 1), st.floats(-0.9, 0.9), st.integers(1, 10_000), st.floats(0.1, 1000))
def test_p_stays_in_range_and_moves_towards_the_target(
    p: float, sign: float, target: float, count: int, kimg: float
) -> None:
    after = adjusted(p, sign, target, count, kimg)
    assert 0 <= after <= 1
    assert abs(after - p) <= count / (1000 * kimg) + 1e-12
    assert (after - p) * (sign - target) >= 0


def test_at_the_target_p_rests() -> None:
    assert adjusted(0.3, 0.6, 0.6, 64, 500) == 0.3


def test_a_broken_batch_does_not_reach_p() -> None:
    strategy = AdaptiveAugmentation(AdaConfig(kimg=1, every=1))
    strategy.observe(observation(math.nan))
    assert strategy.p == 0


def test_adas_state_survives_a_round_trip_between_adjustments() -> None:
    one, other = AdaptiveAugmentation(AdaConfig(kimg=1)), AdaptiveAugmentation(AdaConfig(kimg=1))
    for step in range(6):
        one.observe(observation(1.0, step))
    other.load_state_dict(one.state_dict())
    for strategy in (one, other):
        for step in range(6, 9):
            strategy.observe(observation(0.9, step))
    assert one.state_dict() == other.state_dict()
