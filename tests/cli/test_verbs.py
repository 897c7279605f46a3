"""What each verb prints where nothing is wrong."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
import typer

from ganzoo.cli.app import app
from ganzoo.config.compose import Request, compose
from ganzoo.contracts import Discriminator, Generator, ImageShape, Role
from ganzoo.registry.manager import Kind


def test_list_names_every_part_under_its_kind(cli):
    lines = cli("list").out.splitlines()
    assert "architecture" in lines
    assert "balance" in lines
    assert any(line.split()[:1] == ["d-skip"] for line in lines)


@pytest.mark.parametrize(
    "word", ["balance", "architecture", "architectures", "losses", "Metrics", "dataset", "strategies"]
)
def test_list_takes_a_kind_in_the_singular_or_the_plural(cli, word):
    ended = cli("list", word)
    assert ended.code == 0
    assert ended.out


def test_list_as_json_says_who_offers_what(cli, installed):
    rows = json.loads(cli("list", "--json").out)
    assert len(rows) == len(list(installed.offers()))
    assert {"kind": "balance", "name": "d-skip", "distribution": "pyganzoo"}.items() <= rows_by_name(rows)[
        "d-skip"
    ].items()


def rows_by_name(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in rows}


def test_show_says_where_a_part_comes_from_and_what_can_be_set(cli):
    lines = cli("show", "balance", "d-skip").out.splitlines()
    assert lines[0] == "balance d-skip  (pyganzoo)"
    assert any(line.startswith("  source: ") for line in lines)
    assert "  threshold = 0.8  (number, > 0)" in lines
    assert lines[-2:] == ["copy", "  ganzoo run dcgan --balance d-skip:threshold=0.8"]


def test_show_says_what_a_strategy_does_and_when_to_use_it_without_its_source_twice(cli):
    about = json.loads(cli("show", "strategy", "d-skip", "--json").out)["about"]
    assert about[0] == "Skip D's update while D already tells real from fake too well."
    assert any(paragraph.startswith("Use it first when ") for paragraph in about)
    assert not any(paragraph.startswith("Source:") for paragraph in about)
    assert f"\n\n  {about[0]}\n\n" in cli("show", "d-skip").out


def test_show_of_a_recipe_lists_what_each_preset_sets(cli, installed):
    out = cli("show", "dcgan").out
    for name in installed.find(Kind.ARCHITECTURE, "dcgan").presets:
        assert f"--preset {name}" in out
    assert "training.reuse_fakes = false" in out


def test_every_part_can_be_shown(cli, installed):
    for offer in installed.offers():
        facts = json.loads(cli("show", offer.kind, offer.spec.name, "--json").out)
        assert (facts["kind"], facts["name"]) == (offer.kind, offer.spec.name)
        assert facts["copy"].startswith("ganzoo ")


def test_the_line_to_copy_of_every_strategy_and_metric_composes(cli, installed):
    for kind in (Kind.BALANCE, Kind.METRIC, Kind.LOSS, Kind.OPTIMIZER, Kind.ARCHITECTURE):
        for offer in installed.offers(kind):
            line = json.loads(cli("show", kind, offer.spec.name, "--json").out)["copy"]
            ended = cli("config", "resolve", *line.split()[2:])
            assert (ended.code, ended.err) == (0, ""), line


def test_the_line_to_copy_of_every_strategy_names_networks_that_it_takes(cli, installed, tmp_path: Path):
    """Composing is not enough: a strategy may need a discriminator that names classes, or decodes its features."""
    for offer in installed.offers(Kind.BALANCE):
        line = json.loads(cli("show", "balance", offer.spec.name, "--json").out)["copy"]
        (tmp_path / "run.toml").write_text(cli("config", "resolve", *line.split()[2:]).out, encoding="utf-8")
        config = compose(Request(config=tmp_path / "run.toml"), installed)
        shape = ImageShape(
            32 if config.data.image_size > 1 else 1, config.data.channels, 3 if config.data.labels else None
        )
        strategy = offer.spec.build(config.balance[offer.spec.name])
        for role, part, kind, contract in (
            (Role.GENERATOR, config.generator, Kind.GENERATOR, Generator),
            (Role.DISCRIMINATOR, config.discriminator, Kind.DISCRIMINATOR, Discriminator),
        ):
            network = installed.find(kind, part.kind).build(part.settings, shape)
            assert isinstance(strategy.build(role, network), contract), line  # or raises what does not fit


def test_plugins_says_version_status_and_time(cli):
    rows = json.loads(cli("plugins", "--json").out)
    ours = {row["plugin"]: row for row in rows}["balance"]
    assert (ours["distribution"], ours["status"], ours["error"], ours["details"]) == ("pyganzoo", "loaded", "", "")
    assert ours["version"]
    assert ours["load_ms"] > 0
    assert "balance:d-skip" in ours["offers"]
    assert "balance  pyganzoo" in cli("plugins").out


def test_resolve_prints_a_configuration_that_resolves_to_itself(cli, tmp_path: Path):
    first = cli("config", "resolve", "dcgan", "--balance", "d-skip:threshold=0.7", "--steps", "5", "--seed", "3").out
    (tmp_path / "run.toml").write_text(first, encoding="utf-8")
    assert cli("config", "resolve", "--config", "run.toml").out == first
    table = tomllib.loads(first)
    assert (table["training"]["steps"], table["training"]["seed"]) == (5, 3)
    assert table["balance"]["d-skip"]["threshold"] == 0.7


@pytest.mark.parametrize(
    ("option", "value", "section", "setting", "expected"),
    [
        ("--epochs", "2.5", "training", "epochs", 2.5),
        ("--steps", "7", "training", "steps", 7),
        ("--batch-size", "16", "training", "batch_size", 16),
        ("--image-size", "32", "data", "image_size", 32),
        ("--seed", "9", "training", "seed", 9),
        ("--device", "cpu", "training", "device", "cpu"),
        ("--precision", "fp32", "training", "precision", "fp32"),
        ("--loss", "hinge", "loss", "kind", "hinge"),
        ("--generator", "dcgan", "generator", "kind", "dcgan"),
        ("--discriminator", "dcgan", "discriminator", "kind", "dcgan"),
        ("--set", "samples.count=9", "samples", "count", 9),
    ],
)
def test_an_option_sets_what_it_says(cli, option, value, section, setting, expected):
    ended = cli("config", "resolve", "dcgan", option, value)
    assert tomllib.loads(ended.out)[section][setting] == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("avatars", {"kind": "avatars"}),
        ("files:photos", {"kind": "files", "path": "photos"}),
        ("files:path=photos", {"kind": "files", "path": "photos"}),
    ],
)
def test_data_takes_a_name_with_an_argument_or_settings(cli, data, expected):
    source = tomllib.loads(cli("config", "resolve", "dcgan", "--data", data).out)["data"]["source"]
    assert source.items() >= expected.items()


def test_data_takes_a_path_and_keeps_it_whole(cli, tmp_path: Path):
    (tmp_path / "my photos").mkdir()
    source = tomllib.loads(cli("config", "resolve", "dcgan", "--data", "my photos").out)["data"]["source"]
    assert source == {"kind": "files", "path": str(tmp_path / "my photos")}


def test_the_schema_is_json_and_knows_every_strategy(cli, installed):
    root = json.loads(cli("config", "schema").out)
    assert set(root["properties"]["balance"]["properties"]) == set(installed.names(Kind.BALANCE))


def test_help_names_every_verb(cli):
    ended = cli("--help")
    assert ended.code == 0
    for verb in ("run", "resume", "evaluate", "sample", "list", "show", "plugins", "config"):
        assert f"\n  {verb} " in ended.out


def test_help_fits_a_screen_with_a_sentence_a_verb(run_cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = run_cli("--help").out.splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 80
    verbs = lines[lines.index("Commands:") + 1 :]
    assert all(line.endswith(".") and not line.endswith("...") for line in verbs)


@pytest.mark.parametrize("group", ["config", "data"])
def test_help_of_a_group_cuts_no_sentence_short(run_cli, monkeypatch, group):
    monkeypatch.setenv("COLUMNS", "80")
    assert "..." not in run_cli(group, "--help").out.partition("Commands:")[2]


def test_options_of_parts_are_named_in_the_users_words_not_in_types(run_cli):
    shown = run_cli("run", "--help").out
    assert "--balance NAME" in shown
    assert "list[" not in shown


def test_a_kind_of_which_nothing_is_installed_is_said_to_be_empty(cli):
    ended = cli("list", "command")
    assert (ended.code, ended.out, ended.err) == (0, "", "none is installed\n")


def test_the_version_is_the_installed_one(cli):
    from importlib.metadata import version

    assert cli("--version").out == f"ganzoo {version('pyganzoo')}\n"


def test_list_in_a_terminal_keeps_summaries_in_their_column(monkeypatch):
    from ganzoo.cli.text import fitted

    monkeypatch.setenv("COLUMNS", "40")
    line = "name      one two three four five six seven eight"
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)
    assert fitted(line, 10) == line
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert fitted(line, 10) == "name      one two three four five six\n          seven eight"


def test_completion_offers_names_with_what_they_are():
    from ganzoo.cli import common

    assert dict(common.complete_architecture("dc"))["dcgan"]
    assert "d-skip" in dict(common.complete_balance("d-"))
    assert "ssim" in dict(common.complete_metric("ss"))
    assert list(dict(common.complete_dataset("ava"))) == ["avatars"]
    assert common.complete_kind("lo") == ["loss"]


def test_a_shell_completes_names_through_typer(run_cli, monkeypatch):
    monkeypatch.setenv("_GANZOO_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "ganzoo run dcgan --balance d-s")
    monkeypatch.setenv("COMP_CWORD", "4")
    assert run_cli().out.split() == ["d-skip"]


def test_resolve_takes_every_option_that_configures_a_run_with_the_same_words():
    def options(verb: str) -> dict[str, str]:
        group, _, name = verb.rpartition(" ")
        commands = typer.main.get_command(app).commands
        command = commands[group].commands[name] if group else commands[name]
        return {parameter.name: str(parameter.help) for parameter in command.params}

    of_training = {"out", "quiet", "json", "processes"}
    assert options("config resolve") == {n: h for n, h in options("run").items() if n not in of_training}
