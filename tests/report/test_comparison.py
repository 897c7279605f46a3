"""Runs side by side: what differs, what is ranked and what is not, in the terminal and as a page."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rich.console import Console

import ganzoo
from ganzoo.cli.views.comparison import print_comparison
from ganzoo.errors import UsageError
from ganzoo.evaluation.protocol import differences, facts, made_by
from ganzoo.registry.catalogue import catalogue
from ganzoo.report.comparison import Comparison, compare_runs
from ganzoo.report.page.model import read_record
from ganzoo.report.page.words import scores
from ganzoo.report.ranking import ranks
from ganzoo.runs.directory import RunDirectory

EVIL = "<script>alert(1)</script>"


@dataclass
class Made:
    """What a run on disk shall say."""

    value: float = 2.0
    error: float | None = None
    images_generated: int = 2048
    settings: dict[str, Any] = field(default_factory=dict)
    lower_is_better: bool | None = True
    protocol: dict[str, Any] = field(default_factory=dict)
    kimg: float = 6.4
    content: str = ""


def protocol_of(made: Made) -> dict[str, Any]:
    return {
        "scores": {"kd-lite": made_by("kd", "lite", needs_reals=True)},
        "metrics": {"kd": {}},
        "providers": {"kd": "pyganzoo 0"},
        "backbones": {"lite": {"resize": "bilinear"}},
        "images_generated": made.images_generated,
        "generator": {"transform": "64 px"},
        **made.protocol,
    }


def write_run(path: Path, made: Made) -> Path:
    (path / "samples").mkdir(parents=True)
    (path / "checkpoints").mkdir()
    settings = {
        "recipe": "dcgan",
        "training": {"steps": 100, "batch_size": 64},
        "data": {"source": {"path": "photos"}},
    } | made.settings
    (path / "config.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")
    environment = {"ganzoo": "0", "arithmetic": "cpu, fp32", "data": {"fingerprint": made.content}}
    (path / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
    ticks = [
        {
            "step": step,
            "images": step * made.kimg * 10,
            "values": {"loss_discriminator": 1.0, "loss_generator": 0.7, "accuracy_real": 0.6},
            "verdict": "healthy",
            "images_per_s": 64.0,
        }
        for step in (50, 100)
    ]
    (path / "metrics.jsonl").write_text("".join(json.dumps(tick) + "\n" for tick in ticks), encoding="utf-8")
    events = [
        {
            "kind": "evaluation",
            "step": step,
            "message": "",
            "data": {
                "scores": {"kd-lite": made.value + (100 - step) / 50},
                "directions": {"kd-lite": made.lower_is_better},
                "standard_errors": {} if made.error is None else {"kd-lite": made.error},
                "floors": {"kd-lite": 0.125},
                "protocol": protocol_of(made),
                "seconds": 30.0,
                "images": step * made.kimg * 10,
            },
        }
        for step in (50, 100)
    ]
    events.append({"kind": "memorising", "step": 100, "message": "no copies: 0.0%", "data": {"seconds": 30.0}})
    events.append({"kind": "end", "step": 100, "message": "finished", "data": {}})
    (path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    for step in (0, 50, 100):
        Image.fromarray(np.full((40, 40, 3), step, dtype=np.uint8)).save(path / "samples" / f"step-{step:08d}.png")
    return path


Compare = Callable[..., Comparison]


@pytest.fixture
def compared(tmp_path: Path) -> Compare:
    def compare(*made: Made, names: tuple[str, ...] = ("one", "two", "three")) -> Comparison:
        paths = [write_run(tmp_path / name, one) for name, one in zip(names, made, strict=False)]
        return compare_runs(paths, differences, facts)

    return compare


def in_terminal(comparison: Comparison, width: int = 160) -> str:
    file = io.StringIO()
    print_comparison(comparison, Console(file=file, width=width, highlight=False))
    return file.getvalue()


# What differs


def test_settings_that_differ_come_first_and_equal_ones_not_at_all(compared: Compare) -> None:
    other = {"training": {"steps": 200, "batch_size": 64}, "balance": {"d-skip": {"threshold": 0.8}}}
    comparison = compared(Made(), Made(settings=other))
    assert [tuple(row) for row in comparison.settings] == [
        ("training.steps", ("100", "200")),
        ("balance.d-skip.threshold", ("–", "0.8")),
    ]
    told = in_terminal(comparison)
    assert told.index("training.steps") < told.index("kd-lite") < told.index("images/s")
    assert "recipe" not in told


def test_a_digest_is_told_by_its_first_digits(compared: Compare) -> None:
    comparison = compared(Made(content="ab" * 32), Made(content="cd" * 32))
    assert [tuple(row) for row in comparison.machine] == [("images' content", ("ab" * 6, "cd" * 6))]


def test_the_name_of_a_setting_stays_whole_in_a_narrow_terminal(compared: Compare) -> None:
    wordy = {"balance": {"batch-size": {"at_least": "many words " * 12}}}
    assert "balance.batch-size.at_least" in in_terminal(compared(Made(), Made(settings=wordy)), width=60)


def test_the_cost_is_of_training_with_evaluations_beside_it(compared: Compare) -> None:
    cost = compared(Made(), Made(kimg=12.8)).runs[1].cost
    assert cost.images_per_s == pytest.approx(64.0)
    assert cost.training_minutes == pytest.approx(12800 / 64 / 60)
    assert cost.evaluation_minutes == pytest.approx(1.5)


def test_a_fork_costs_what_it_took_itself(compared: Compare, tmp_path: Path) -> None:
    parent, fork = compared(Made(), Made()).runs
    events = (tmp_path / "two" / "events.jsonl").read_text().splitlines(keepends=True)
    forked = json.dumps({"kind": "forked", "step": 50, "message": "from one"}) + "\n"
    (tmp_path / "two" / "events.jsonl").write_text("".join([events[0], forked, *events[1:]]))
    fork = compare_runs([parent.directory.path, fork.directory.path], differences, facts).runs[1]
    assert fork.cost.training_minutes == pytest.approx(parent.cost.training_minutes / 2)
    assert fork.cost.evaluation_minutes == pytest.approx(1.0)


def test_the_best_score_is_of_as_many_images_as_the_last(compared: Compare, tmp_path: Path) -> None:
    runs = [run.directory.path for run in compared(Made(), Made()).runs]
    events = [json.loads(line) for line in (runs[0] / "events.jsonl").read_text().splitlines()]
    events[0]["data"]["scores"]["kd-lite"] = 0.01
    events[0]["data"]["protocol"]["images_generated"] = 2
    (runs[0] / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    few, last = (event["data"]["scores"]["kd-lite"] for event in events[:2])
    (ranking,) = compare_runs(runs, differences, facts).rankings
    assert ranking.scored[0] is not None
    assert few < ranking.scored[0].best == last
    assert scores(read_record(RunDirectory(runs[0]), catalogue()))[0].best == f"{last:g}"


def test_samples_are_taken_at_equal_numbers_of_images(compared: Compare) -> None:
    comparison = compared(Made(kimg=6.4), Made(kimg=12.8))
    assert [moment.kimg for moment in comparison.moments] == pytest.approx([0.0, 3.2, 6.4])
    last = comparison.moments[-1].pictures
    assert [path.name for _, path in last] == ["step-00000100.png", "step-00000050.png"]
    assert [kimg for kimg, _ in last] == pytest.approx([6.4, 6.4])


# Ranks


def test_scores_of_one_protocol_are_ranked(compared: Compare) -> None:
    [ranking] = compared(Made(value=2.5), Made(value=2.0), Made(value=3.0)).rankings
    assert list(ranking.ranks) == [2, 1, 3]
    assert not ranking.reasons
    assert ranking.cautions == ["without a standard error: small differences may be chance"]


def test_where_higher_is_better_the_highest_is_first(compared: Compare) -> None:
    [ranking] = compared(Made(value=2.5, lower_is_better=False), Made(value=2.0, lower_is_better=False)).rankings
    assert list(ranking.ranks) == [1, 2]


def test_scores_of_different_protocols_are_shown_and_not_ranked_and_the_reason_is_said(compared: Compare) -> None:
    comparison = compared(Made(value=1.0), Made(value=2.0, images_generated=1024))
    [ranking] = comparison.rankings
    assert list(ranking.ranks) == [None, None]
    assert ranking.reasons == ["two and one: generated images: 1,024 against 2,048"]
    told = in_terminal(comparison)
    assert "not ranked, the protocols differ" in told
    assert "generated images: 1,024 against 2,048" in told
    assert "#1" not in told
    plain = json.loads(json.dumps(comparison.as_dict()))["scores"]["kd-lite"]
    assert (plain["ranked"], plain["runs"]["two"]["value"]) == (False, 2.0)


def test_runs_whose_difference_may_be_chance_share_a_rank(compared: Compare) -> None:
    [ranking] = compared(Made(value=2.0, error=0.1), Made(value=2.1, error=0.1), Made(value=3.0, error=0.1)).rankings
    assert list(ranking.ranks) == [1, 1, 3]


def test_a_figure_to_watch_is_not_ranked(compared: Compare) -> None:
    [ranking] = compared(Made(lower_is_better=None), Made(lower_is_better=None, images_generated=2)).rankings
    assert (list(ranking.ranks), list(ranking.reasons)) == ([None, None], [])


def test_scores_after_different_numbers_of_images_are_ranked_with_a_caution(compared: Compare) -> None:
    [ranking] = compared(Made(kimg=6.4, error=0.1), Made(kimg=12.8, error=0.1)).rankings
    assert ranking.cautions == ["measured after different numbers of images"]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6, unique=True))
def test_without_errors_ranks_are_the_order_of_the_values(values: list[float]) -> None:
    found = ranks([(value, None) for value in values], lower_is_better=True)
    assert found == [sorted(values).index(value) + 1 for value in values]
    mirrored = ranks([(-value, None) for value in values], lower_is_better=False)
    assert mirrored == found


# Unusual runs


def test_a_run_that_has_just_begun_and_one_without_records_are_compared(tmp_path: Path) -> None:
    whole = write_run(tmp_path / "whole", Made())
    begun = write_run(tmp_path / "begun", Made())
    (begun / "metrics.jsonl").write_text('{"step": 5', encoding="utf-8")
    (begun / "events.jsonl").write_text('{"kind": "evaluation", "step": 1}\n[]\n', encoding="utf-8")
    (begun / "environment.json").unlink()
    (begun / "samples" / "step-00000050.png").write_bytes(b"no picture")
    comparison = ganzoo.compare([whole, begun], html=tmp_path / "page.html")
    assert [run.ending for run in comparison.runs] == ["finished", "not ended"]
    assert "kd-lite" in in_terminal(comparison)
    assert "cannot be read" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_runs_of_one_name_are_told_apart_by_their_paths(tmp_path: Path) -> None:
    paths = [write_run(tmp_path / place / "run", Made()) for place in "ab"]
    assert [run.name for run in compare_runs(paths, differences, facts).runs] == [str(path) for path in paths]


@pytest.mark.parametrize(
    ("names", "said"),
    [(["one"], "two runs or more"), (["one", "one"], "named twice"), (["one", "nowhere"], "is not a run")],
)
def test_what_cannot_be_compared_ends_with_2(cli, tmp_path: Path, names: list[str], said: str) -> None:
    write_run(tmp_path / "one", Made())
    ended = cli("compare", *names)
    assert ended.code == 2
    assert said in ended.err


# The page


class Tags(HTMLParser):
    """Every tag with its attributes, and the text around them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_names_from_files_are_text_in_the_page_and_in_the_terminal(tmp_path: Path, cli) -> None:
    evil = Made(settings={"data": {"source": {"path": EVIL}}}, protocol={"quantisation": EVIL})
    write_run(tmp_path / "a" / EVIL, evil)
    plain = write_run(tmp_path / "\x1b[31mred[bold]", Made(value=1.0))
    comparison = ganzoo.compare([tmp_path / "a" / EVIL, plain], html=tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    harmless = ganzoo.compare(
        [write_run(tmp_path / name, Made()) for name in ("x", "y")], html=tmp_path / "harmless.html"
    )
    assert len(harmless.runs) == 2
    expected = len(re.findall("<script", (tmp_path / "harmless.html").read_text(encoding="utf-8")))
    assert len(re.findall("<script", page)) == expected
    assert EVIL in Tags(page).text  # it is shown
    told = in_terminal(comparison)
    assert "\x1b" not in told
    assert "[bold]" in told
    assert cli("compare", str(tmp_path / "a" / EVIL), str(plain)).code == 0


def test_the_page_asks_no_network_and_holds_what_it_shows(compared: Compare, tmp_path: Path) -> None:
    comparison = compared(Made(error=0.1), Made(value=1.0, error=0.1))
    from ganzoo.report.page.comparison import write_comparison

    write_comparison(comparison, tmp_path / "page.html")
    page = Tags((tmp_path / "page.html").read_text(encoding="utf-8"))
    sources = [attributes.get("src") or attributes.get("href") or "" for _, attributes in page.tags]
    assert not [source for source in sources if source and not source.startswith(("data:", "#"))]
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(pictures) == 3 * 2
    assert all(picture["alt"] for picture in pictures)
    for part in ("What differs", "kd-lite", "#1", "#2", "floor 0.125", "Loss of D", "images a second", "no copies"):
        assert part in page.text
    assert (tmp_path / "page.html").stat().st_size < 5_000_000


@pytest.mark.parametrize(("skipped", "evaluations"), [(0.0, 1), (0.0, 2), (0.25, 1)])
def test_only_charts_that_show_something_are_drawn(tmp_path: Path, skipped: float, evaluations: int) -> None:
    from ganzoo.report.page.comparison import charts

    paths = [write_run(tmp_path / name, Made()) for name in ("one", "two")]
    for path in paths:
        metrics, events = path / "metrics.jsonl", path / "events.jsonl"
        said = f'"values": {{"skip_rate_discriminator": {skipped}, '
        metrics.write_text(metrics.read_text().replace('"values": {', said))
        events.write_text("".join(events.read_text().splitlines(keepends=True)[2 - evaluations :]))
    keys = {chart.key for chart in charts(compare_runs(paths, differences, facts))}
    assert ("skips" in keys) is (skipped > 0)
    assert ("score0" in keys) is (evaluations > 1)


def test_the_command_writes_the_page_and_gives_json(cli, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_run(tmp_path / name, Made())
    ended = cli("compare", "one", "two", "--html", "page.html")
    assert ended.out.splitlines()[-1] == "page.html"
    assert (tmp_path / "page.html").stat().st_size > 100_000
    assert json.loads(cli("compare", "one", "two", "--json").out)["scores"]["kd-lite"]["ranked"]


def test_a_page_that_cannot_be_written_is_an_error_of_the_user(tmp_path: Path) -> None:
    paths = [write_run(tmp_path / name, Made()) for name in ("one", "two")]
    with pytest.raises(UsageError, match="cannot write"):
        ganzoo.compare(paths, html=tmp_path / "no" / "such" / "folder.html")
