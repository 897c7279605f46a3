"""What reads a stranger's bytes, under coverage-guided fuzzing: images, tables of labels, and records of runs.

    python -m venv --system-site-packages fuzzing && fuzzing/bin/pip install atheris    # Linux, Python 3.11 to 3.13
    fuzzing/bin/python tests/fuzz/atheris_decode.py -max_total_time=120

Run by hand, with libFuzzer's options; not part of the tests, as it needs atheris and never ends by itself. The first
byte of an input says which reader gets the rest. Each may give an answer or raise the error its docstring names;
anything else is a finding, and its input is kept in the current directory as `crash-...`. Memory is limited to the
2 GB that SECURITY.md promises.

Where no folder of inputs is named, it begins with small valid ones, in a new temporary folder.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ganzoo", "PIL"]):
    import numpy as np
    from PIL import Image, features

    from ganzoo.cli.views.following import event_of, tick_of
    from ganzoo.config.models import Choice, DataSection
    from ganzoo.contracts.parts import DatasetConfig
    from ganzoo.data.contents import Unreadable
    from ganzoo.data.decode import decode
    from ganzoo.data.labels import find_labels
    from ganzoo.errors import UsageError
    from ganzoo.runs.evaluations import evaluations_among
    from ganzoo.runs.logs import record_of

    Image.init()  # Pillow imports its readers when the first file is opened, which is too late

SIZE = 8
SECTION = DataSection(
    source=Choice[DatasetConfig](kind="x", settings=DatasetConfig()), image_size=SIZE, max_pixels=10**6
)
NAMES = ["1.png", "2.png"]
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "ICO", "TGA")
MODES = ("RGB", "L", "P", "1")


def image(data: bytes) -> None:
    """A file of a folder, or a member of a zip."""
    try:
        pixels = decode(data, SECTION)
    except Unreadable as error:
        assert error.message
    else:
        assert pixels.shape == (SIZE, SIZE, 3)
        assert pixels.dtype == np.uint8


def labels(data: bytes) -> None:
    """labels.csv beside two images."""
    try:
        found = find_labels(NAMES, ["labels.csv"], lambda _: data)
    except UsageError as error:
        assert "labels.csv" in error.message
    else:
        assert found is not None
        assert len(found.indices) == len(NAMES)
        assert (found.indices < len(found.classes)).all()


def records(data: bytes) -> None:
    """metrics.jsonl and events.jsonl, as pages, comparisons and `ganzoo watch` read them."""
    found = [record for line in data.splitlines() if (record := record_of(line)) is not None]
    for record in found:
        tick_of(record)
        event_of(record)
    for evaluation in evaluations_among(found):
        assert all(isinstance(score, int | float) for score in evaluation["data"]["scores"].values())


READERS: tuple[Callable[[bytes], None], ...] = (image, labels, records)


def one_input(data: bytes) -> None:
    """What the fuzzer calls."""
    if data:
        READERS[data[0] % len(READERS)](data[1:])


def write_seeds(folder: Path) -> None:
    """Small valid inputs of every kind."""
    pixels = Image.fromarray(np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8))
    for name in FORMATS:
        if name == "WEBP" and not features.check("webp"):
            continue
        for mode in MODES:
            buffer = io.BytesIO()
            try:
                pixels.convert(mode).save(buffer, name)
            except OSError:
                continue  # the format has no such mode
            (folder / f"image-{name}-{mode}").write_bytes(b"\0" + buffer.getvalue())
    tick = {"step": 1, "images": 8, "values": {"accuracy": 0.5}, "images_per_s": 9.5, "verdict": "healthy"}
    event = {"kind": "evaluation", "step": 1, "message": "fd 3", "data": {"scores": {"fd": 3.0}, "floors": {"fd": 1}}}
    (folder / "labels").write_bytes(b"\1file,label\n1.png,cat\n2.png,dog\n")
    (folder / "records").write_bytes(b"\2" + "\n".join(map(json.dumps, (tick, event))).encode())


def main() -> None:
    """libFuzzer's options and folders of inputs."""
    given = sys.argv[1:]
    if not any(word.startswith("-rss_limit_mb") for word in given):
        given.append("-rss_limit_mb=2048")
    if all(word.startswith("-") for word in given):
        folder = Path(tempfile.mkdtemp(prefix="ganzoo-seeds-"))  # libFuzzer adds to it, and ends the process itself
        write_seeds(folder)
        given.append(str(folder))
    atheris.Setup([sys.argv[0], *given], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
