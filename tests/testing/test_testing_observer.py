"""Each rule of observers has one that breaks it, and the check says so."""

from __future__ import annotations

import sys

import pytest
import torch
from settings_under_test import PlainObserverConfig

from ganzoo.contracts import Observer
from ganzoo.errors import ContractError, UsageError
from ganzoo.plugin import ObserverSpec
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.testing import check_observer


class Quiet(Observer):
    """It does nothing.

    Args:
        config: nothing to set.
        run: the run directory.
    """

    def __init__(self, config, run):
        self.run = run


def check(observer: object) -> None:
    check_observer(
        ObserverSpec(name="made", summary="A test.", config=PlainObserverConfig, build=observer)  # type: ignore[arg-type]
    )


def test_one_that_does_nothing_keeps_the_contract_and_was_told_of_events():
    told = []

    class Told(Quiet):
        """It keeps what it is told of."""

        def event(self, event):
            told.append(event.kind)

    check(Told)
    assert {"decision", "verdict", "a new kind"} <= set(told)


@pytest.mark.parametrize("name", sorted(catalogue().names(Kind.OBSERVER)))
def test_ganzoos_own_keep_the_contract_where_their_library_is_installed(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    try:
        check_observer(catalogue().find(Kind.OBSERVER, name))
    except UsageError as error:
        assert "install" in str(error)


def test_one_that_raises_at_a_new_kind_of_event_is_seen():
    class Strict(Quiet):
        def event(self, event):
            {"decision": 1, "verdict": 2}[event.kind]

    with pytest.raises(KeyError):
        check(Strict)


def test_one_that_changes_the_runs_own_files_is_named():
    class Meddling(Quiet):
        def tick(self, tick):
            (self.run / "metrics.jsonl").write_text("mine")

    with pytest.raises(ContractError, match=r"leaves the run's own files(.|\n)*metrics.jsonl"):
        check(Meddling)


def test_one_that_prints_on_standard_output_is_named():
    class Chatty(Quiet):
        def tick(self, tick):
            sys.stdout.write(str(tick.step))

    with pytest.raises(ContractError, match="prints nothing on standard output"):
        check(Chatty)


def test_one_that_draws_from_the_runs_random_numbers_is_named():
    class Gambling(Quiet):
        def tick(self, tick):
            torch.rand(1)

    with pytest.raises(ContractError, match="torch's default generator"):
        check(Gambling)


def test_something_else_than_an_observer_is_named():
    with pytest.raises(ContractError, match="`build` gives an `Observer`"):
        check(lambda config, run: object())
