"""What may stand in `--stop-when` and `evaluation.best_by`, and what is said of the rest."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.config.compose import Request, compose
from ganzoo.config.conditions import ScoreCondition, VerdictCondition, gives, parse_condition
from ganzoo.contracts.ailments import Ailment
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue


def composed(catalogue: Catalogue, *settings: str):
    return compose(Request(recipe="dcgan", settings=settings), catalogue)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("kd", ScoreCondition("kd", 5, None)),
        ("kd:patience=3", ScoreCondition("kd", 3, None)),
        ("kd:reaches=2.5", ScoreCondition("kd", None, 2.5)),
        ("kd:reaches=2,patience=7", ScoreCondition("kd", 7, 2.0)),
        ("kd-efficientnet-lite0", ScoreCondition("kd-efficientnet-lite0", 5, None)),
        ("mode-collapse", VerdictCondition(Ailment.MODE_COLLAPSE, 0.0)),
        ("mode collapse:patience_kimg=20", VerdictCondition(Ailment.MODE_COLLAPSE, 20.0)),
    ],
)
def test_a_condition_is_a_name_with_settings(text, condition):
    assert parse_condition(text) == condition


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kd:patient=3", "no such setting `patient`. Did you mean `patience`"),
        ("kd:patience=0", "1 or more"),
        ("kd:patience=1.5", "1 or more"),
        ("kd:reaches=low", "reaches is a number"),
        ("kd:patience_kimg=3", "Settings: patience, reaches"),
        ("mode-collapse:patience=3", "Did you mean `patience_kimg`"),
        ("kd:patience", "expected `name:setting=value"),
    ],
)
def test_a_condition_that_cannot_be_is_an_error_that_names_its_setting(installed, text, said):
    with pytest.raises(UsageError) as error:
        composed(installed, f"training.stop_when={text}")
    assert "training.stop_when" in error.value.message
    assert said in str(error.value)


@given(st.text())
def test_any_text_is_a_condition_or_a_usage_error(text):
    with contextlib.suppress(UsageError):
        assert isinstance(parse_condition(text), ScoreCondition | VerdictCondition)


def test_a_score_that_the_run_does_not_measure_is_told_with_the_nearest(installed):
    with pytest.raises(UsageError, match=r"no score `kdd`. Did you mean `kd`") as error:
        composed(installed, "training.stop_when=kdd")
    assert "--set" in error.value.message, "where it was written"
    with pytest.raises(UsageError, match=r"Did you mean `mode-collapse`"):
        composed(installed, "training.stop_when=mode-colapse")
    with pytest.raises(UsageError) as error:
        composed(installed, "training.stop_when=recall")
    assert "--metric recall" in error.value.hint
    with pytest.raises(UsageError, match=r"evaluation\.best_by.*no score `fidd`"):
        composed(installed, "evaluation.best_by=fidd")


def test_a_figure_to_watch_and_a_score_that_is_never_measured_stop_no_run(installed):
    with pytest.raises(UsageError, match="neither high nor low is better"):
        composed(installed, "training.stop_when=ssim")
    with pytest.raises(UsageError, match="only at the end"):
        composed(installed, "training.stop_when=kd", "evaluation.every_kimg=none")


def test_one_condition_or_several_are_taken(installed):
    assert composed(installed, "training.stop_when=kd:patience=3").training.stop_when == ("kd:patience=3",)
    two = composed(installed, 'training.stop_when=["kd", "mode-collapse"]')
    assert two.training.stop_when == ("kd", "mode-collapse")
    assert composed(installed, "evaluation.best_by=kd").evaluation.best_by == "kd"


def test_a_verdict_to_go_back_on_is_known_or_an_error_with_the_nearest(installed):
    assert composed(installed, "training.rollback.on=mode collapse").training.rollback.on == ("mode-collapse",)
    with pytest.raises(UsageError, match=r"no verdict is called `divergin`. Did you mean `diverging`"):
        composed(installed, "training.rollback.on=divergin")


def test_the_option_is_repeatable_and_written_to_the_configuration(cli):
    ended = cli("config", "resolve", "dcgan", "--stop-when", "kd:patience=3", "--stop-when", "mode-collapse")
    assert ended.code == 0
    assert 'stop_when = [\n    "kd:patience=3",\n    "mode-collapse",\n]' in ended.out


@pytest.mark.parametrize(
    ("stem", "score", "meant"),
    [("kd", "kd-efficientnet-lite0", True), ("kd", "kd", True), ("kd", "kdx", False), ("kd-a", "kd-b", False)],
)
def test_a_metric_means_its_scores(stem, score, meant):
    assert gives(stem, score) is meant
