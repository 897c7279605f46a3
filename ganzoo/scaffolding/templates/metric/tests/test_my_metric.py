"""ganzoo's contract checks, and the score of my-metric itself."""

import pytest
import torch
from ganzoo_my_metric import SPEC, MyMetricConfig
from ganzoo_my_metric.metric import MyMetric

from ganzoo.contracts import Sample
from ganzoo.testing import check_metric


def test_it_keeps_the_contract():
    check_metric(SPEC)
    check_metric(SPEC, MyMetricConfig(scale="share"))


@pytest.mark.parametrize(("scale", "expected"), [("levels", 51.0), ("share", 0.2)])
def test_images_brighter_by_a_fifth_are_a_fifth_away(scale, expected):
    metric = MyMetric(MyMetricConfig(scale=scale))
    real = torch.randint(0, 200, (8, 3, 4, 4), dtype=torch.uint8)
    scores = metric.score(metric.summarise(Sample(real)), Sample(real + 51))
    assert scores["my-metric"] == pytest.approx(expected)
