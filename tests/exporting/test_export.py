"""A folder that was exported is used by those who know nothing of the run, or of ganzoo."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import yaml
from PIL import Image
from torch.nn.utils.parametrizations import spectral_norm

import ganzoo
from ganzoo.config.compose import Request, compose
from ganzoo.contracts import Event
from ganzoo.exporting import folder, onnx_file
from ganzoo.exporting.card import escaped, training_table, unfenced
from ganzoo.exporting.facts import without_places
from ganzoo.exporting.network import weights_as_used
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.journal import Journal
from ganzoo.training.loading import load_averaged

FORMATS = ("safetensors", "onnx", "torch-export")
WITHOUT_GANZOO = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0].startswith("ganzoo"):
            raise ImportError(f"{name} is not to be had here")
sys.meta_path.insert(0, Refuse())
"""


@pytest.fixture(scope="session")
def exported(labelled_run: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders by format."""
    home = tmp_path_factory.mktemp("exported")
    done = {form: ganzoo.export(labelled_run, form, out=home / form) for form in FORMATS}
    assert all(found.difference < 1e-4 for found in done.values())
    return {form: found.path for form, found in done.items()}


def script_of(folder: Path) -> str:
    """The first script on the card."""
    found = re.search(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def run_there(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_ten_lines_of_pytorch_draw_images_where_ganzoo_cannot_be_imported(exported):
    script = script_of(exported["torch-export"])
    assert len([line for line in script.splitlines() if line]) <= 10
    done = run_there(exported["torch-export"], WITHOUT_GANZOO + script)
    assert done.returncode == 0, done.stderr
    made = sorted(exported["torch-export"].glob("sample-*.png"))
    assert len(made) == 16
    with Image.open(made[0]) as picture:
        assert picture.size == (16, 16)
        assert np.asarray(picture).std() > 0
    for path in made:
        path.unlink()


def test_the_script_of_an_onnx_file_needs_onnxruntime_and_numpy_alone(exported):
    check = "assert images.shape == (16, 3, 16, 16) and abs(images).max() <= 1 and images.std() > 0"
    script = WITHOUT_GANZOO.replace('startswith("ganzoo")', 'startswith(("ganzoo", "torch"))')
    done = run_there(exported["onnx"], f"{script}{script_of(exported['onnx'])}\n{check}")
    assert done.returncode == 0, done.stderr


def test_weights_alone_are_loaded_by_ganzoo_and_draw_what_the_run_draws(exported, labelled_run):
    place = exported["safetensors"]
    names: dict[str, object] = {}
    script = script_of(place).replace('"."', repr(str(place)))
    exec(script, names)
    assert names["images"].shape == (16, 3, 16, 16)
    made = ganzoo.sample(place, 8, seed=4, label="dogs").int()
    assert (made - ganzoo.sample(labelled_run, 8, seed=4, label="dogs").int()).abs().max() <= 1


def test_a_folder_of_weights_is_played_with_as_a_run_is(cli, exported, animals):
    place = str(exported["safetensors"])
    assert cli("interpolate", place, "--frames", "2", "-n", "1").code == 0
    assert cli("directions", place, "-n", "2", "--class", "owls").code == 0
    assert cli("project", place, str(animals / "0-00.png"), "--steps", "2").code == 0
    refused = cli("project", place, str(animals / "0-00.png"), "--features")
    assert (refused.code, "comes without it" in refused.err) == (2, True)


def test_the_card_begins_with_metadata_as_the_hub_reads_it(exported):
    for place in exported.values():
        text = (place / "README.md").read_text(encoding="utf-8")
        _, front, body = text.split("---\n", 2)
        metadata = yaml.safe_load(front)
        assert metadata["license"] == "other"
        assert metadata["license_name"] == "not-chosen-yet"
        assert metadata["pipeline_tag"] == "unconditional-image-generation"
        assert "dcgan" in metadata["tags"]
        assert "**The licence of this model has not been chosen.**" in body
        assert (place / "samples.png").is_file()


def test_the_card_escapes_names_and_tells_no_ones_folders(exported, animals):
    text = (exported["onnx"] / "README.md").read_text(encoding="utf-8")
    assert "<b>cats" not in text
    assert escaped("<b>cats</b>") in text
    assert str(animals.parent) not in text
    assert "no value of an image in [-1, 1] differs by more than" in text


def test_the_card_names_the_levers_of_the_recipes_method_too():
    """As the run's own page and title do."""
    config = compose(Request(recipe="wgan-gp", balance=("d-skip",)), catalogue())
    origin = SimpleNamespace(config=config, source="a paper", step=1, batch_size=2)
    facts = SimpleNamespace(architecture="wgan-gp", latent_dim=8, classes=None, image_size=16, channels=3)
    row = next(row for row in training_table(facts, origin).splitlines() if row.startswith("| balance"))
    assert row == f"| balance | {', '.join([*config.method, 'd-skip'])} |"


def test_scores_are_on_the_card_with_their_protocol(plain_run):
    evaluation = ganzoo.evaluate(plain_run, images=30)
    run = RunDirectory(plain_run)
    Journal(run, []).event(Event("evaluation", 0, "as at the end of training", evaluation.as_dict()))
    place = ganzoo.export(plain_run).path
    assert place == plain_run / "export" / "safetensors"
    text = (place / "README.md").read_text(encoding="utf-8")
    metrics = yaml.safe_load(text.split("---\n", 2)[1])["model-index"][0]["results"][0]["metrics"]
    assert {metric["name"]: metric["value"] for metric in metrics} == pytest.approx(evaluation.scores, abs=1e-5)
    assert "pairs" in text.partition("the same protocol")[2]


def test_a_later_export_takes_the_place_of_an_earlier_one_and_of_nothing_else(labelled_run, tmp_path):
    ganzoo.export(labelled_run, "torch-export", out=tmp_path / "out")
    ganzoo.export(labelled_run, "safetensors", out=tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"README.md", "samples.png", "generator.json", "generator.safetensors"}
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    (tmp_path / "out" / "thesis.tex").write_text("mine")
    with pytest.raises(ganzoo.UsageError, match=r"holds something else: thesis\.tex"):
        ganzoo.export(labelled_run, out=tmp_path / "out")


def test_a_folder_that_is_no_export_is_left_alone(labelled_run, tmp_path):
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(ganzoo.UsageError, match="holds something else"):
        ganzoo.export(labelled_run, out=tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"


def test_onnx_without_its_packages_is_refused_with_the_line_that_installs_them(labelled_run, tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_file, "find_spec", lambda name: None if name == "onnxscript" else object())
    with pytest.raises(ganzoo.UsageError, match="needs onnxscript") as raised:
        ganzoo.export(labelled_run, "onnx", out=tmp_path / "out")
    assert "torch-export" in raised.value.hint
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("damage", ["", "{}", '{"format": 1}', "no json"])
def test_damaged_facts_are_said_to_be(exported, tmp_path, damage):
    (tmp_path / folder.FACTS).write_text(damage)
    (tmp_path / folder.WEIGHTS).write_bytes((exported["safetensors"] / folder.WEIGHTS).read_bytes())
    with pytest.raises(ganzoo.UsageError, match="is not what ganzoo export writes"):
        ganzoo.load_generator(tmp_path)


def test_damaged_weights_are_said_to_be(exported, tmp_path):
    for name in (folder.FACTS, folder.WEIGHTS):
        (tmp_path / name).write_bytes(
            (exported["safetensors"] / name).read_bytes()[: None if name == folder.FACTS else 200]
        )
    with pytest.raises(ganzoo.UsageError, match="does not hold this generator's weights"):
        ganzoo.load_generator(tmp_path)


def test_an_export_of_another_ganzoo_is_said_to_be(exported, tmp_path):
    text = (exported["safetensors"] / folder.FACTS).read_text().replace('"format": 1', '"format": 2')
    (tmp_path / folder.FACTS).write_text(text)
    (tmp_path / folder.WEIGHTS).touch()
    with pytest.raises(ganzoo.UsageError, match="format 2"):
        ganzoo.load_generator(tmp_path)


def test_what_a_strategy_put_around_a_weight_is_worked_into_it(exported):
    facts = folder.read_facts(exported["safetensors"])
    generator = folder.load_folder(exported["safetensors"], catalogue())
    plain = dict(generator.state_dict())
    generator.layers[0] = spectral_norm(generator.layers[0])
    generator.eval()
    weights = weights_as_used(generator, folder.build_plain(facts, catalogue()).state_dict().keys())
    assert weights.keys() == plain.keys()
    torch.testing.assert_close(weights["layers.0.weight"], generator.layers[0].weight)
    assert not torch.allclose(weights["layers.0.weight"], plain["layers.0.weight"])


def test_a_network_of_other_weights_is_none_of_this_architecture():
    assert weights_as_used(torch.nn.Linear(2, 2), {"layers.0.weight"}) is None


def test_card_and_weights_are_of_one_checkpoint_though_a_newer_one_is_saved_meanwhile(plain_run, tmp_path, monkeypatch):
    run = shutil.copytree(plain_run, tmp_path / "run")

    def saved_meanwhile(*given):
        generator = load_averaged(*given)
        shutil.copytree(run / "checkpoints" / "step-00000000", run / "checkpoints" / "step-00000007")
        (run / "checkpoints" / "latest").write_text("step-00000007")
        return generator

    monkeypatch.setattr("ganzoo.exporting.export.load_averaged", saved_meanwhile)
    card = (ganzoo.export(run).path / "README.md").read_text(encoding="utf-8")
    assert " 0 steps of " in card
    assert " 7 steps of " not in card


def test_text_on_the_card_is_no_markup():
    assert escaped("a|b <i>*x*</i> [y](z)") == r"a\|b \<i\>\*x\*\</i\> \[y\]\(z\)"
    assert "```" not in unfenced("a ``` b")
    assert without_places({"a": ["/home/ann/photos", "photos/x", "~/y", "C:\\z\\w"], "b": 3}) == {
        "a": ["photos", "photos/x", "y", "w"],
        "b": 3,
    }
