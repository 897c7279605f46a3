from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ganzoo.runs.following import Tail


def lines(*steps: int) -> bytes:
    return b"".join(json.dumps({"step": step, "value": "x" * 40}).encode() + b"\n" for step in steps)


def steps(news) -> list[int]:
    return [record["step"] for record in news.records]


def test_only_what_is_new_is_told(tmp_path: Path):
    log = tmp_path / "metrics.jsonl"
    tail = Tail(log)
    assert tail.news() == ([], False)  # not there yet
    log.write_bytes(lines(1, 2))
    assert steps(tail.news()) == [1, 2]
    assert tail.news() == ([], False)
    log.write_bytes(lines(1, 2, 3))
    assert steps(tail.news()) == [3]


def test_half_a_line_waits_for_its_end(tmp_path: Path):
    log = tmp_path / "metrics.jsonl"
    tail = Tail(log)
    whole = lines(1, 2)
    log.write_bytes(whole[:-7])
    assert steps(tail.news()) == [1]
    log.write_bytes(whole)
    assert steps(tail.news()) == [2]


def test_a_log_that_was_cut_back_is_told_from_its_start(tmp_path: Path):
    log = tmp_path / "metrics.jsonl"
    tail = Tail(log)
    log.write_bytes(lines(1, 2, 3))
    tail.news()
    log.write_bytes(lines(1))
    news = tail.news()
    assert news.cut
    assert steps(news) == [1]
    assert not tail.news().cut


def test_a_log_that_was_cut_back_and_grew_again_unseen_is_told_from_its_start(tmp_path: Path):
    log = tmp_path / "metrics.jsonl"
    tail = Tail(log)
    log.write_bytes(lines(1, 2, 3))
    tail.news()
    log.write_bytes(lines(1, 7, 8, 9, 10))
    news = tail.news()
    assert news.cut
    assert steps(news) == [1, 7, 8, 9, 10]


def test_a_log_that_went_away_was_cut(tmp_path: Path):
    log = tmp_path / "metrics.jsonl"
    tail = Tail(log)
    log.write_bytes(lines(1))
    tail.news()
    log.unlink()
    assert tail.news() == ([], True)
    assert tail.news() == ([], False)


def test_lines_that_are_no_objects_are_passed_over(tmp_path: Path):
    log = tmp_path / "metrics.jsonl"
    log.write_bytes(b"[1]\n\xff\n" + lines(4))
    assert steps(Tail(log).news()) == [4]


@given(st.lists(st.integers(0, 60), max_size=12))
def test_wherever_the_writer_pauses_every_line_is_told_once(tmp_path_factory, pauses):
    log = tmp_path_factory.mktemp("log") / "metrics.jsonl"
    tail, whole, written, told = Tail(log), lines(*range(8)), 0, []
    for pause in [*pauses, len(whole)]:
        written = min(len(whole), written + pause)
        log.write_bytes(whole[:written])
        told += steps(tail.news())
    assert told == list(range(8))
