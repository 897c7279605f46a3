"""Whatever is in a file or on the command line: an answer, or one of our errors, and never a traceback."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from ganzoo.cli.app import main
from ganzoo.config.compose import Request, compose
from ganzoo.config.writing import to_toml
from ganzoo.data.contents import Unreadable
from ganzoo.data.decode import decode
from ganzoo.data.labels import find_labels
from ganzoo.data.shown import plain
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.catalogue import catalogue

QUICK = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
ESCAPES = {"\x1b", "\x07", "\x9b", "\u202e"}

texts = st.text(max_size=20) | st.sampled_from(
    ["\x1b]0;x\x07", "[red]", "<script>", "../..", "9" * 5000, "\u202e", "a=b", "{", "["]
)
numbers = (
    st.integers() | st.floats() | st.sampled_from([10**400, -(10**4000), 1e308, float("nan"), float("inf"), 2**63])
)
leaves = st.none() | st.booleans() | numbers | texts
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command printed; the exit code is one of ours, and no exception came out."""

    def run(*arguments: str, codes: tuple[int, ...] = (0, 1, 2)) -> str:
        monkeypatch.setattr(sys, "argv", ["ganzoo", *arguments])
        code: object = 0
        try:
            main()
        except SystemExit as ending:
            code = ending.code
        out, err = capsys.readouterr()
        assert (code or 0) in codes, err
        assert "Traceback" not in err
        assert not ESCAPES & set(out + err)
        return str(out + err)

    return run


# The command line


words = st.sampled_from(
    [
        "training.epochs",
        "training.steps",
        "data.image_size",
        "data.source.path",
        "balance.d-skip.threshold",
        "generator.kind",
        "generator",
        "data",
        "optimizers.generator.betas",
        "evaluation.metrics.fd",
        "preset",
        "samples.count",
        "training.stop_when",
    ]
)
values = anything.map(lambda value: json.dumps(value, default=str)) | texts


@QUICK
@given(st.lists(st.tuples(words | texts, values), min_size=1, max_size=3))
@example([("a" + ".a" * 3000, "1")])
@example([("training.epochs", "1e308")])
@example([("training.steps", "9" * 4000)])
@example([("training.seed", "[" * 300 + "]" * 300)])
@example([("training.seed", "{a = " * 90 + "1" + "}" * 90)])
def test_any_set_is_an_answer_or_an_error(said, pairs):
    options = [word for path, value in pairs for word in ("--set", f"{path}={value}")]
    assert said("config", "resolve", "dcgan", *options).strip()


@QUICK
@given(
    st.sampled_from(
        ["--balance", "--metric", "--data", "--preset", "--loss", "--generator", "--discriminator", "--config"]
    ),
    texts
    | st.tuples(st.sampled_from(["d-skip", "r1", "steady", "files", "fd", "tiny"]), texts, values).map(
        lambda p: f"{p[0]}:{p[1]}={p[2]}"
    ),
)
@example("--balance", "d-skip:threshold=" + "[" * 300)
@example("--balance", "d-skip:" + "a." * 3000 + "a=1")
@example("--data", "files:path=\x00")
@example("--config", "x" * 5000)
def test_any_option_is_an_answer_or_an_error(said, option, value):
    assume("\0" not in value)  # the system passes none on
    assert said("config", "resolve", "dcgan", f"{option}={value}").strip()


@QUICK
@given(
    st.lists(
        texts
        | st.sampled_from(["run", "doctor", "data", "check", "config", "resolve", "--json", "list", "show", "--set"]),
        max_size=4,
    )
)
def test_any_words_are_an_answer_or_an_error(said, tmp_path: Path, monkeypatch, arguments):
    assume("watch" not in arguments and "run" not in arguments)  # one waits, the other trains
    assume(not any("\0" in word for word in arguments))
    monkeypatch.chdir(tmp_path)
    assert said(*arguments).strip()


@QUICK
@given(st.sampled_from(["doctor", "sample", "evaluate", "report", "resume", "watch"]), texts | st.just("x" * 5000))
def test_any_path_to_a_run_is_an_error(said, tmp_path: Path, monkeypatch, verb, path):
    assume("\0" not in path and not path.startswith("-"))
    monkeypatch.chdir(tmp_path)
    assert "error" in said(verb, path, codes=(1, 2)).lower()


# Files of a run


@QUICK
@given(
    st.lists(
        anything
        | st.fixed_dictionaries(
            {
                "step": anything,
                "values": st.dictionaries(texts | st.sampled_from(["accuracy", "similarity", "memory"]), leaves),
            }
        ),
        max_size=8,
    )
)
@example([{"step": 10**400, "values": {"accuracy": 10**400}}] * 5)
@example([{"step": True, "values": {"\x1b[2J": float("nan")}}] * 5)
def test_the_doctor_reads_any_log(said, tmp_path: Path, records):
    log = tmp_path / "metrics.jsonl"
    log.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8", errors="replace")
    said("doctor", str(log))
    answer = said("doctor", "--json", str(log))
    if any(isinstance(record, dict) for record in records):
        assert json.loads(answer)
    else:
        assert "holds no numbers of a run" in answer


@QUICK
@given(st.binary(max_size=200))
@example(b"[" * 100_000)
@example(b'{"step": 1, "values": {"accuracy": 1e999}}\n' * 5)
def test_the_doctor_reads_any_bytes(said, tmp_path: Path, data):
    (tmp_path / "metrics.jsonl").write_bytes(data)
    assert said("doctor", str(tmp_path / "metrics.jsonl")).strip()


kinds = st.sampled_from(
    ["note", "decision", "verdict", "evaluation", "checkpoint", "fault", "memorising", "rollback", "resumed", "end"]
)
tables = st.dictionaries(st.sampled_from(["fd", "kd", "training", "evaluating"]) | texts, leaves, max_size=3)
of_events = st.fixed_dictionaries(
    {},
    optional={
        "scores": tables | anything,
        "standard_errors": tables | anything,
        "floors": tables | anything,
        "directions": st.dictionaries(st.sampled_from(["fd", "kd"]), st.booleans()) | anything,
        "protocol": tables | anything,
        "seconds": tables | leaves,
        "images": st.integers(0, 10**6) | leaves,
        "role": st.sampled_from(["generator", "discriminator"]) | anything,
        "verdict": st.sampled_from(["healthy", "mode-collapse"]) | anything,
        "name": texts,
        "best": leaves,
        "flagged": leaves,
    },
)
records_of_events = st.lists(
    anything
    | st.fixed_dictionaries(
        {"kind": kinds, "step": st.integers(0, 200) | numbers},
        optional={"message": leaves, "data": of_events | anything},
    ),
    max_size=12,
)
FINISHED = {"kind": "end", "step": 100, "message": "finished", "data": {}}


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Run directories without pictures, whose events are written by the test."""
    config = to_toml(compose(Request(recipe="dcgan", balance=["d-skip"]), catalogue()))
    values = {"accuracy": 0.7, "loss_generator": 1.0}
    ticks = [{"step": 25 * n, "images": 1600 * n, "values": values, "images_per_s": 100.0} for n in range(1, 5)]
    runs = [tmp_path_factory.mktemp("fuzzed") / name for name in ("one", "other")]
    for run in runs:
        run.mkdir()
        (run / "config.toml").write_text(config)
        (run / "environment.json").write_text("{}")
        (run / "metrics.jsonl").write_text("".join(json.dumps(tick) + "\n" for tick in ticks))
    return runs


@settings(QUICK, max_examples=15)  # three pages of an example take a second or two
@given(records_of_events)
@example(
    [{"kind": "verdict", "step": 1, "data": {"verdict": []}}, {"kind": "decision", "step": 1, "data": {"role": {}}}]
)
@example(
    [{"kind": "end", "step": 1, "message": "failed", "data": {"seconds": {"training": 1e308, "evaluating": 1e308}}}]
)
@example(
    [{"kind": "end", "step": 2**53, "message": ["<script>"], "data": {"seconds": {"training": 10**400, "x": True}}}]
)
@example([{"kind": "evaluation", "step": 3, "data": {"scores": {"fd": 1e308, "kd": -1e308}, "images": "many"}}] * 3)
@example([{"kind": "evaluation", "step": 3, "data": {"scores": {"fd": 1}, "protocol": {"scores": [], "data": 1}}}])
@example([{"kind": "memorising", "step": 3, "message": None, "data": {"seconds": 10**18, "flagged": "yes"}}])
def test_report_and_compare_read_any_events(said, two_runs: list[Path], records):
    lines = "".join(json.dumps(record) + "\n" for record in [*records, FINISHED])
    for run in two_runs:
        (run / "events.jsonl").write_text(lines, encoding="utf-8", errors="replace")
    runs = [str(run) for run in two_runs]
    page = two_runs[0].with_name("compared.html")
    assert "report.html" in said("report", runs[0], codes=(0,))
    assert "compared.html" in said("compare", *runs, "--html", str(page), codes=(0,))
    assert json.loads(said("compare", *runs, "--json", codes=(0,)))
    assert said("watch", runs[0], codes=(0,)).strip()
    assert all("</html>" in made.read_text(encoding="utf-8") for made in (page, two_runs[0] / "report.html"))


@QUICK
@given(
    anything
    | st.fixed_dictionaries(
        {
            "format": st.just(1) | anything,
            "images": anything,
            "files": st.dictionaries(
                texts | st.just("training.json"),
                anything | st.fixed_dictionaries({"bytes": anything, "sha256": anything}),
            ),
        }
    )
)
@example({"format": 1, "files": {"../x": {"bytes": 10**4000, "sha256": None}}})
@example({"format": 1, "files": {"a\0b": {"bytes": 1, "sha256": "x"}}})
def test_any_manifest_is_refused(tmp_path: Path, manifest):
    from ganzoo.training.checkpoints import find_checkpoint, load_checkpoint

    folder = tmp_path / "step-00000001"
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8", errors="replace")
    for read in (load_checkpoint, lambda path: find_checkpoint(path.parent, say=print)):
        try:
            read(folder)
        except GanzooError as error:
            assert isinstance(error, UsageError)
        else:
            assert manifest["files"] == {}


@QUICK
@given(anything | st.dictionaries(st.sampled_from(["moment", "optimizers", "config", "doctor"]), anything))
@example({"optimizers": {"__tensor__": []}})
@example({"a": {"__tensor__": {"__tensor__": 1}}})
def test_any_state_in_a_checkpoint_is_read_or_refused(tmp_path: Path, state):
    import hashlib

    from safetensors.torch import save

    from ganzoo.training.checkpoints import configuration_of, load_checkpoint

    folder = tmp_path / "step-00000001"
    folder.mkdir(exist_ok=True)
    contents = {"training.json": json.dumps(state).encode(), "training.safetensors": save({})}
    files = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in contents.items()}
    contents["manifest.json"] = json.dumps({"format": 1, "images": 0, "files": files}).encode()
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    for read in (load_checkpoint, configuration_of):
        try:
            read(folder)
        except GanzooError as error:
            assert isinstance(error, UsageError)


# Data


@given(st.binary(max_size=200) | st.text().map(lambda text: f"file,label\n{text}".encode("utf-8", "replace")))
@example(b"file,label\n1.png,\x00\n")
@example(b'file,label\n"1.png')
@example(b"file,label\n1.png," + b"x" * 200_000)
@example(b"\xff\xfef\0i\0")
def test_any_label_table_is_read_or_refused(table):
    try:
        labels = find_labels(["1.png", "2.png"], ["labels.csv"], lambda _: table)
    except UsageError as error:
        assert "labels.csv" in error.message
    else:
        assert labels is not None
        assert len(labels.indices) == 2
        assert (labels.indices < len(labels.classes)).all()


@given(
    st.sampled_from(
        [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"II*\0", b"MM\0*", b"RIFF\0\0\0\0WEBP", b"BM", b""]
    ),
    st.binary(max_size=300),
)
def test_any_bytes_are_an_image_or_unreadable(head, rest):
    from ganzoo.config.models import Choice, DataSection
    from ganzoo.contracts.parts import DatasetConfig

    section = DataSection(
        source=Choice[DatasetConfig](kind="x", settings=DatasetConfig()), image_size=8, max_pixels=10**6
    )
    try:
        assert decode(head + rest, section).shape == (8, 8, 3)
    except Unreadable as error:
        assert error.message


@given(st.text())
def test_a_name_is_shown_on_one_line_and_moves_no_cursor(text):
    shown = plain(text)
    assert len(shown) <= 80
    assert len(shown.splitlines()) <= 1
    assert not any(mark in shown for mark in ESCAPES)
