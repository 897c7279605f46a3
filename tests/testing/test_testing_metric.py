"""Each rule of metrics has one that breaks it, and the check says so; ganzoo's own keep them all."""

from __future__ import annotations

import itertools
import math
import urllib.request
from pathlib import Path

import pytest
import torch
from settings_under_test import PlainMetricConfig
from torchvision.models import squeezenet1_1

from ganzoo.contracts import Metric, Score
from ganzoo.errors import ContractError
from ganzoo.plugin import MetricSpec
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.testing import check_metric

OWN = sorted(offer.spec.name for offer in catalogue().offers(Kind.METRIC) if offer.distribution == "pyganzoo")
OF_A_MIXTURE = {"modes"}  # scores points of one mixture, which it is told by name


class MeanColour(Metric):
    """How far the mean of all pixels is from that of the reals."""

    def summarise(self, real):
        return {"rows": real.images.flatten(1).double()}

    def score(self, summary, generated):
        return {"colour": float((summary["rows"].mean() - generated.images.double().mean()).abs())}


def check(metric: type[Metric], **changes: object) -> None:
    spec = {"name": "colour", "summary": "A test.", "config": PlainMetricConfig, "build": lambda _: metric()}
    check_metric(MetricSpec(**{**spec, **changes}))


def test_a_plain_metric_keeps_the_contract_and_every_method_was_tried():
    tried = set()

    class Tried(MeanColour):
        def __getattribute__(self, name):
            tried.add(name)
            return super().__getattribute__(name)

    check(Tried)
    assert {"summarise", "score"} <= tried


@pytest.fixture(scope="module")
def random_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SqueezeNet's shapes: what a network was trained on is no part of the contract."""
    path = tmp_path_factory.mktemp("weights") / "squeezenet.pth"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        torch.save(squeezenet1_1(weights=None).state_dict(), path)
    return path


@pytest.mark.parametrize("name", sorted(set(OWN) - OF_A_MIXTURE))
def test_ganzoos_own_metrics_keep_the_contract(name, random_weights, monkeypatch):
    """Offline, all of them: features are given to those that ask for them, and no one may ask for a download."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError(f"{name} asked for a download")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    spec = catalogue().find(Kind.METRIC, name)
    few = {"network": "squeeze", "weights": str(random_weights), "pairs": 16}
    brought = few if name == "lpips-diversity" else {}
    check_metric(spec, spec.config(**brought))


def test_a_score_that_is_not_finite_is_named():
    class NotANumber(MeanColour):
        def score(self, summary, generated):
            return {"colour": math.nan}

    with pytest.raises(ContractError, match="scores are finite"):
        check(NotANumber)


def test_a_score_of_another_name_is_named():
    with pytest.raises(ContractError, match="a score's name begins with hue"):
        check(MeanColour, name="hue")


def test_a_score_that_differs_from_call_to_call_is_named():
    class Random(MeanColour):
        def score(self, summary, generated):
            return {"colour": super().score(summary, generated)["colour"] + float(torch.rand(()))}

    with pytest.raises(ContractError, match="the same images have the same score"):
        check(Random)


def test_one_that_says_it_needs_reals_and_does_not_look_at_them_is_named():
    class Blind(MeanColour):
        def score(self, summary, generated):
            return {"colour": float(generated.images.double().mean())}

    with pytest.raises(ContractError, match="`needs_reals = False`"):
        check(Blind)


def test_a_summary_that_cannot_be_merged_is_named():
    class Means(MeanColour):
        def summarise(self, real):
            return {"rows": real.images[:1].flatten(1).double()}

    with pytest.raises(ContractError, match="two processes' summaries"):
        check(Means)


def test_the_wrong_direction_is_named():
    with pytest.raises(ContractError, match="score no worse"):
        check(MeanColour, lower_is_better=False)


def test_a_negative_standard_error_is_named():
    class Sure(MeanColour):
        def score(self, summary, generated):
            return {"colour": Score(super().score(summary, generated)["colour"], standard_error=-1.0)}

    with pytest.raises(ContractError, match="`standard_error` is 0 or more"):
        check(Sure)


def test_a_metric_that_remembers_is_named():
    class Counting(MeanColour):
        calls = itertools.count()

        def score(self, summary, generated):
            return {"colour": float(next(self.calls))}

    with pytest.raises(ContractError, match="the same images have the same score"):
        check(Counting)
