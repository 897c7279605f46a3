"""ganzoo's contract checks, and the images of my-dataset themselves."""

import numpy as np
from ganzoo_my_dataset import SPEC, MyDatasetConfig
from ganzoo_my_dataset.images import MyDataset

from ganzoo.testing import check_dataset


def test_it_keeps_the_contract():
    check_dataset(SPEC)
    check_dataset(SPEC, MyDatasetConfig(images=3))


def test_an_image_has_two_colours_and_no_two_are_alike():
    images = [MyDataset(MyDatasetConfig()).image(index) for index in range(8)]
    for image in images:
        assert len(np.unique(image.reshape(-1, 3), axis=0)) == 2
    assert len({image.tobytes() for image in images}) == 8
