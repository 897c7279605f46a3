"""From what was asked to a definition."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from ganzoo.api import search
from ganzoo.cli.views import sweep as views
from ganzoo.config.compose import Request
from ganzoo.config.overrides import Override
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.sweeping.define import define, plan_of
from ganzoo.sweeping.definition import checked, read_definition
from ganzoo.sweeping.space import Space
from ganzoo.sweeping.vary import Axis, parse_vary

NOTHING = {"minimise": None, "maximise": None, "sampler": None, "trials": None, "prune": None}


def dcgan(vary: str = "training.ema_beta=0.9,0.99", *, settings: tuple[str, ...] = (), **options: object):
    request = Request(recipe="dcgan", settings=settings)
    return define(request, [parse_vary(vary, {})], catalogue(), seeds=1, **{**NOTHING, **options})


def space_of(definition, folder) -> Space:
    return Space(definition.request(folder), definition.varies, catalogue())


def test_a_definition_survives_json_and_toml(toy, tmp_path):
    definition = toy("generator.width=1..9", "balance=none,d-skip", seeds=3, minimise="distance")
    assert checked(json.loads(json.dumps(definition.as_dict())), "here") == definition
    definition.write(tmp_path)
    assert read_definition(tmp_path) == definition


def test_values_that_toml_has_no_word_for_are_kept_as_it_says_them(tmp_path):
    """A sweep begun from Python is the sweep that the folder, or the database, gives back."""
    asked = Request(recipe="dcgan", options=[
        Override("optimizers.generator.betas", (0.5, 0.999), "settings"),
        Override("evaluation.every_kimg", None, "settings"),
    ])  # fmt: skip
    axis = Axis("optimizers.discriminator.betas", {"slow": (0.0, 0.99), "fast": (0.5, 0.9)})
    definition = define(asked, [axis], catalogue(), seeds=1, **NOTHING)
    definition.write(tmp_path)
    assert checked(json.loads(json.dumps(definition.as_dict())), "here") == read_definition(tmp_path) == definition
    assert space_of(definition, tmp_path).config({axis.name: "slow"}).evaluation.every_kimg is None


def test_lists_make_a_grid_and_a_range_a_search(toy):
    assert (toy("generator.width=4,8").sampler, toy("generator.width=4,8").trials) == ("grid", 2)
    assert (toy("generator.width=4..8").sampler, toy("generator.width=4..8").trials) == ("tpe", 20)


def test_a_part_of_a_grid_is_the_same_for_every_worker(toy, tmp_path):
    definition = toy("generator.width=4,5,6,7,8,9", trials=3)
    fixed = plan_of(definition, space_of(definition, tmp_path)).fixed
    assert len(fixed) == 3
    assert fixed == plan_of(definition, space_of(definition, tmp_path)).fixed


def test_seeds_begin_at_the_runs_own(tmp_path):
    definition = dcgan(settings=("training.seed=40",))
    assert definition.seed == 40
    setting = plan_of(definition, space_of(definition, tmp_path)).fixed[0]
    assert space_of(definition, tmp_path).config(setting, 41).training.seed == 41


def test_what_varies_stands_above_what_is_set(tmp_path):
    definition = dcgan(settings=("training.ema_beta=0.5",))
    config = space_of(definition, tmp_path).config({"training.ema_beta": 0.9}, 0)
    assert config.training.ema_beta == 0.9


def test_a_score_that_the_runs_do_not_measure_is_added_to_them(tmp_path):
    definition = dcgan(minimise="kid")
    assert (definition.metrics, definition.score) == (("kid",), "kid")


def test_a_metrics_name_stands_for_its_score(tmp_path):
    definition = dcgan(minimise="kd-efficientnet-lite0")
    config = space_of(definition, tmp_path).config({"training.ema_beta": 0.9}, 0)
    assert config.evaluation.best_by == "kd-efficientnet-lite0"
    assert "kd" in config.evaluation.metrics


def test_without_a_name_the_first_score_that_ranks_is_taken(toy):
    assert (toy("generator.width=4,8").score, toy("generator.width=4,8").minimise) == ("distance", True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"minimise": "kdd"}, "Did you mean `kd`"),
        ({"maximise": "kd"}, "lower is better"),
        ({"minimise": "kd", "maximise": "recall"}, "goes by one score"),
        ({"sampler": "annealing"}, "there is grid, random, tpe"),
        ({"trials": 0}, "are 1 or more"),
        ({"settings": ("evaluation.at_end=false",)}, "by the score at the end"),
        ({"prune": 2, "settings": ("evaluation.every_kimg=none",)}, "scored only at their end"),
        ({"vary": "training.ema_beta=0.9..0.99", "sampler": "grid"}, "a grid has no ranges"),
    ],
)
def test_what_cannot_be_is_said_before_anything_starts(options, said):
    with pytest.raises(UsageError, match=said):
        dcgan(**options)


def test_something_must_vary():
    with pytest.raises(UsageError, match="what shall vary"):
        define(Request(recipe="dcgan"), [], catalogue(), seeds=1, **NOTHING)


def test_runs_that_are_compared_half_way_are_scored_after_as_many_images(tmp_path):
    config = space_of(dcgan(prune=2), tmp_path).config({"training.ema_beta": 0.9}, 0)
    assert config.evaluation.budget is None


def test_the_configuration_file_travels_with_the_sweep(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('recipe = "dcgan"\n[training]\nsteps = 7\n')
    definition = define(
        Request(config=path), [parse_vary("training.ema_beta=0.9,0.99", {})], catalogue(), seeds=1, **NOTHING
    )
    path.unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert space_of(definition, elsewhere).config({"training.ema_beta": 0.9}, 0).training.steps == 7


def test_data_by_path_means_the_same_from_any_folder(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path)
    request = Request(recipe="dcgan", data="photos")
    definition = define(request, [parse_vary("training.ema_beta=0.9,0.99", {})], catalogue(), seeds=1, **NOTHING)
    assert definition.data == str((tmp_path / "photos").resolve())


def sources(definition, folder: Path) -> list[str]:
    """Where each setting's data lie."""
    space = space_of(definition, folder)
    return [space.config(setting, 0).data.source.settings.path for setting in space.grid()]


@pytest.mark.parametrize(
    ("vary", "request_of"),
    [
        ("training.ema_beta=0.9", {"data": "files:photos"}),
        ("training.ema_beta=0.9", {"data": "files:elsewhere", "settings": ["data.source.path=photos"]}),
        ("data=photos", {}),
        ("data.source.path=photos", {"data": "files:elsewhere"}),
    ],
    ids=["argument", "--set", "--vary data", "--vary path"],
)
def test_a_path_of_data_means_the_same_from_any_folder_wherever_it_is_said(vary, request_of, tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path)
    request = Request(recipe="dcgan", **request_of)
    definition = define(request, [parse_vary(vary, {})], catalogue(), seeds=1, **NOTHING)
    assert sources(definition, tmp_path) == [str((tmp_path / "photos").resolve())]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mine.toml", 'recipe = "dcgan"\n[data.source]\nkind = "files"\npath = "photos"\n[training]\nsteps = 7\n'),
        ("mine.yaml", "recipe: dcgan\ndata:\n  source: {kind: files, path: photos}\ntraining: {steps: 7}\n"),
    ],
)
def test_a_path_in_the_configuration_file_means_the_same_from_any_folder(name, text, tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    vary = [parse_vary("training.ema_beta=0.9", {})]
    definition = define(Request(config=Path(name)), vary, catalogue(), seeds=1, **NOTHING)
    assert sources(definition, tmp_path) == [str((tmp_path / "photos").resolve())]
    assert space_of(definition, tmp_path).config({"training.ema_beta": 0.9}, 0).training.steps == 7


def test_a_configuration_file_without_a_relative_path_is_kept_to_the_letter(tmp_path):
    text = '# mine\nrecipe = "dcgan"\n[training]\nsteps = 7\n'
    (tmp_path / "mine.toml").write_text(text)
    vary = [parse_vary("training.ema_beta=0.9", {})]
    definition = define(Request(config=tmp_path / "mine.toml"), vary, catalogue(), seeds=1, **NOTHING)
    assert definition.config == text


def test_every_sweep_that_the_page_begins_is_one(monkeypatch, cli):
    page = Path(__file__).parents[2] / "docs" / "how-to" / "sweep.md"
    begun = [line for line in page.read_text().splitlines() if line.startswith("ganzoo sweep dcgan")]
    found = []
    monkeypatch.setattr(search, "_work_on", lambda definition, place, tell: found.append((definition, place)))
    monkeypatch.setattr(views, "print_sweep", lambda done: None)
    for line in begun:
        ended = cli(*shlex.split(line)[1:])
        assert ended.code == 0, ended.err
    grid, tpe, shared = found
    assert (grid[0].trials, grid[0].seeds, grid[0].score) == (12, 3, "kd")
    assert (tpe[0].sampler, tpe[0].trials, tpe[0].prune) == ("tpe", 40, 4)
    assert (shared[1].name, shared[1].storage) == ("gates", "postgresql://me@server/sweeps")
