"""The tutorial on strategies, followed from the first line to the last."""

from __future__ import annotations

import json
import subprocess

import pytest
from following import Reader, environment

PAGE = "docs/tutorials/first-strategy.md"


@pytest.fixture(scope="module")
def reader(blocks, tmp_path_factory):
    home = tmp_path_factory.mktemp("strategy")
    reader = Reader(home, environment(home / ".venv"), "ganzoo-gap-gate")
    reader.follow([block for block in blocks if block.page == PAGE])
    return reader


@pytest.fixture
def settings_shown(reader):
    return json.loads(reader.type("ganzoo show balance gap-gate --json"))


def events(reader, run):
    return [json.loads(line) for line in (reader.home / "runs" / run / "events.jsonl").read_text().splitlines()]


def test_the_files_are_those_that_the_page_lists(reader, blocks):
    listed = next(block.text for block in blocks if block.page == PAGE and block.language == "text")
    assert listed.splitlines() == reader.said["ganzoo new strategy gap-gate"].splitlines()[: listed.count("\n")]


def test_it_works_as_it_was_written_and_is_shown_with_its_setting(reader):
    assert "threshold" in reader.said["ganzoo show balance gap-gate"]
    tried = [event["message"] for event in events(reader, "try") if event["kind"] == "decision"]
    assert tried
    assert all("gap-gate: D accuracy" in message for message in tried)


def test_what_was_made_of_it_is_used_without_installing_it_again(settings_shown):
    assert settings_shown["distribution"] == "ganzoo-gap-gate"
    assert [setting["name"] for setting in settings_shown["settings"]] == ["limit"]
    assert "mean logit" in settings_shown["settings"][0]["meaning"]
    assert settings_shown["summary"] == "D pauses while its logits of reals and fakes are far apart"


def test_its_own_tests_pass(reader):
    assert "2 passed" in reader.said["python -m pytest ganzoo-gap-gate"]


def test_a_run_skips_updates_for_the_strategys_reason(reader):
    reader.type("ganzoo run dcgan --preset try --balance gap-gate:limit=0.001 --out runs/narrow")
    decisions = [event for event in events(reader, "narrow") if event["kind"] == "decision"]
    assert {event["data"]["role"] for event in decisions} == {"discriminator"}
    assert all("gap-gate: logit gap" in event["message"] for event in decisions)


def test_the_two_runs_are_compared(reader):
    compared = reader.said["ganzoo compare runs/gap-gate runs/none"]
    assert "gap-gate" in compared
    assert "none" in compared


def test_the_plugin_imports_no_torch(reader):
    code = "import sys, ganzoo_gap_gate; assert 'torch' not in sys.modules"
    subprocess.run([reader.python, "-c", code], cwd=reader.home, check=True)
