from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.data import Batches, ImageStore, load_images
from ganzoo.data.batches import epoch_order, flips

SEEDS = st.integers(0, 2**63 - 1)


def store_of(count, labels=False, channels=3):
    images = np.random.default_rng(1).integers(0, 256, (count, 4, 4, channels), dtype=np.uint8)
    images[:, 0, 0, 0] = np.arange(count)  # an image tells its number
    given_labels = np.arange(count, dtype=np.int64) % 3 if labels else None
    return ImageStore(images, given_labels, ("a", "b", "c") if labels else (), "", "x")


def numbers(batch):
    return torch.round((batch.images[:, 0, 0, 0] + 1) * 127.5).int().tolist()


@given(SEEDS, st.integers(2, 20), st.integers(0, 500), st.integers(1, 40), st.integers(1, 40))
def test_two_batches_one_after_the_other_are_one_long_batch(seed, size, start, n, m):
    store = store_of(size, labels=True)
    batches = Batches(store, seed, horizontal_flip=True)
    parts = [batches.take(start, n), batches.take(start + n, m)]
    whole = Batches(store, seed, horizontal_flip=True).take(start, n + m)
    assert torch.equal(torch.cat([part.images for part in parts]), whole.images)
    assert torch.equal(torch.cat([part.labels for part in parts]), whole.labels)


@given(SEEDS, st.integers(2, 50), st.integers(0, 10**6))
def test_every_epoch_shows_every_image_once(seed, size, epoch):
    shown = numbers(Batches(store_of(size), seed).take(epoch * size, size))
    assert sorted(shown) == list(range(size))
    assert shown == epoch_order(seed, size, epoch).tolist()


@given(SEEDS, st.integers(0, 10**12), st.integers(1, 50), st.integers(1, 50))
def test_a_flip_depends_on_the_place_in_the_stream_alone(seed, start, n, m):
    assert np.array_equal(np.concatenate([flips(seed, start, n), flips(seed, start + n, m)]), flips(seed, start, n + m))


def test_orders_and_flips_never_change():
    """Numbers of this implementation: a run resumed under a later version must see the same images."""
    assert epoch_order(0, 8, 0).tolist() == [3, 7, 4, 2, 1, 6, 5, 0]
    assert flips(0, 3, 8).astype(int).tolist() == [0, 0, 1, 0, 0, 0, 0, 1]


def test_orders_differ_between_epochs_and_seeds():
    orders = {tuple(epoch_order(seed, 30, epoch)) for seed in range(3) for epoch in range(3)}
    assert len(orders) == 9


def test_half_of_the_images_are_mirrored():
    assert abs(flips(0, 0, 10_000).mean() - 0.5) < 0.02


def test_flipped_and_plain_batches_differ_by_the_flips_alone():
    store = store_of(10)
    plain, flipped = Batches(store, 5).take(7, 12), Batches(store, 5, horizontal_flip=True).take(7, 12)
    mirrored = torch.from_numpy(flips(5, 7, 12))[:, None, None, None]
    assert torch.equal(flipped.images, torch.where(mirrored, plain.images.flip(3), plain.images))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_images_are_floats_from_minus_1_to_1_with_channels_last(channels):
    store = store_of(4, channels=channels)
    store.images[0], store.images[1] = 0, 255
    batch = Batches(store, 0).take(0, 4)
    assert batch.images.shape == (4, channels, 4, 4)
    assert batch.images.dtype is torch.float32
    assert batch.images.is_contiguous(memory_format=torch.channels_last)
    assert (batch.images.min().item(), batch.images.max().item()) == (-1.0, 1.0)
    chosen = epoch_order(0, 4, 0)
    assert torch.allclose(batch.images, torch.from_numpy(store.images[chosen]).permute(0, 3, 1, 2) / 127.5 - 1)


def test_a_batch_may_be_larger_than_the_data_set():
    assert sorted(numbers(Batches(store_of(3), 0).take(0, 9))) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_labels_belong_to_their_images_and_reals_have_no_latents():
    batch = Batches(store_of(7, labels=True), 0).take(3, 10)
    assert batch.labels is not None
    assert batch.labels.dtype is torch.int64
    assert batch.labels.tolist() == [number % 3 for number in numbers(batch)]
    assert batch.latents is None
    assert Batches(store_of(7), 0).take(0, 2).labels is None


def test_taking_a_batch_leaves_the_store_as_it_was():
    store = store_of(5)
    before = store.images.copy()
    Batches(store, 0, horizontal_flip=True).take(0, 20).images.fill_(0)
    assert np.array_equal(store.images, before)


def test_a_mapped_store_gives_the_same_batches(tree, encoded, section, tmp_path, recwarn):
    from ganzoo.contracts import ImageFiles

    root = tree({f"{index}.png": encoded(seed=index) for index in range(4)})
    held, mapped = (
        Batches(
            load_images(ImageFiles(root), section(memory_gb=memory), "x", tmp_path / "c"),
            0,
            horizontal_flip=True,
        )
        for memory in (4.0, 0.0)
    )
    assert torch.equal(held.take(2, 7).images, mapped.take(2, 7).images)
    assert not recwarn.list
