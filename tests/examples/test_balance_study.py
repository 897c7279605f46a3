"""The script of the balance study: its levers compose, its page says what was measured and what was not."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest

from ganzoo.config.compose import Request, compose
from ganzoo.config.overrides import Override
from ganzoo.contracts.ailments import Ailment
from ganzoo.registry.catalogue import catalogue

STUDY = Path(__file__).parents[2] / "examples" / "balance_study"
MODULES = ("study", "compositions", "page")


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script, imported as it imports its neighbours."""
    monkeypatch.syspath_prepend(str(STUDY))
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    import study

    yield study
    for name in MODULES:
        sys.modules.pop(name, None)


def result(arm: str, seed: int, curve: list[float], *verdicts: str, **more: object) -> dict[str, object]:
    return {
        "arm": arm,
        "seed": seed,
        "best": min(curve),
        "end": curve[-1],
        "curve": [(16_000 * (index + 1), score) for index, score in enumerate(curve)],
        "accuracy": 0.8,
        "skip_rate": 0.0,
        "verdicts": [(verdict, 100) for verdict in verdicts],
        "machine": "a CPU",
        **more,
    }


def written(study: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch, *runs: dict[str, object]) -> str:
    import compositions
    import page

    for module in (study, page):
        monkeypatch.setattr(module, "RESULTS", folder)
    monkeypatch.setattr(compositions, "FOUND", folder / "compositions")
    for name in ("PAGE", "STRIPS", "CURVES"):
        monkeypatch.setattr(page, name, folder / getattr(page, name).name)
    for run in runs:
        (folder / f"{run['arm']}-{run['seed']}.json").write_text(json.dumps(run))
    page.write_page()
    return (folder / "balance-study.md").read_text(encoding="utf-8")


def test_every_lever_composes_and_its_command_says_the_same(study: ModuleType) -> None:
    from compositions import COMPOSITIONS

    for arm in study.ARMS + COMPOSITIONS:
        options = [Override(path, value, "the test") for path, value in (study.SETTINGS | dict(arm.settings)).items()]
        config = compose(Request(recipe="dcgan", balance=list(arm.balance), options=options), catalogue())
        assert config.evaluation.budget is None
        words = iter(shlex.split(arm.command))
        typed: dict[str, list[str]] = {"--balance": [], "--set": []}
        for flag in words:
            typed[flag].append(next(words))
        said = compose(Request(recipe="dcgan", balance=typed["--balance"], settings=typed["--set"]), catalogue())
        for section in ("balance", "loss", "optimizers"):
            assert getattr(said, section) == getattr(config, section)
        assert said.discriminator.kind == config.discriminator.kind


def test_a_run_that_was_scored_once_has_no_drift(
    study: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = written(
        study,
        tmp_path,
        monkeypatch,
        result("none", 0, [2.0]),
        result("none", 1, [2.0], budget=0.1),
        result("r1", 0, [1.0]),
        result("r1", 1, [1.0, 1.5], budget="none"),
    )
    table = [line.strip("| ").split(" | ") for line in page.split("## Against")[0].splitlines() if " | " in line]
    rows = {cells[0]: cells for cells in table}
    assert rows["none"][5] == "–"
    assert rows["r1"][5] == "1.50", "the mean over the runs that were scored more than once"
    assert "3 of the 4 runs were made with evaluations held to a tenth" in page
    assert "3 of them were scored only once" in page


def test_levers_without_results_are_listed_as_not_run_yet(
    study: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = written(study, tmp_path, monkeypatch, *(result("none", seed, [2.0, 2.0]) for seed in range(3)))
    waiting = page.split("## Not run yet")[1]
    assert "- extragradient (whole turns): `ganzoo run dcgan --balance extragradient`" in waiting
    assert "- none" not in waiting
    assert "## Not run with every seed" not in page


def test_an_alarm_in_a_run_that_ended_well_and_is_not_known_to_decay_is_false(
    study: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm = str(Ailment.DISCRIMINATOR_OVERPOWERS)
    page = written(
        study,
        tmp_path,
        monkeypatch,
        result("none", 0, [2.0]),
        result("r1", 0, [1.0], alarm),
        result("lecam", 0, [1.0, 1.9], alarm),
    )
    assert "| 3 | 2 | 1: r1 (discriminator overpowers) | 0 |" in page


def test_a_result_says_which_machine_made_it(study: ModuleType) -> None:
    said = study.machine()
    assert "cores" in said
    assert f"torch {version('torch')}" in said


def test_compositions_are_ranked_by_their_last_score(
    study: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compositions import COMPOSITIONS, result_path

    assert len({result_path(arm) for arm in COMPOSITIONS}) == len(COMPOSITIONS)
    (tmp_path / "compositions").mkdir()
    for name, last in {"steady": 1.2, "lazy-r1-r2": 1.1}.items():
        curve = [(10_000 * quarter, last + 4 - quarter) for quarter in range(1, 5)]
        (tmp_path / "compositions" / f"{name}.json").write_text(json.dumps({"curve": curve}))
    page = written(study, tmp_path, monkeypatch, result("none", 0, [2.0, 2.0]))
    rows = [line for line in page.split("## In search")[1].splitlines() if line.startswith("| ")][1:]
    assert [row.split(" | ")[0] for row in rows] == ["| lazy R1 + R2", "| steady"]
    assert "| 4.10 | 3.10 | 2.10 | 1.10 | `--balance steady --balance r1r2:every=4` |" in rows[0]
