"""Data sets that are large: a hundred thousand files, and an array larger than the memory it may take.

Each is opened in a process of its own, which answers with the seconds and the memory that took.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from making import BATCH, config_of, encoded_avatars, folder_of_faces
from measuring import Figure, Row, Scale, Target, by_turns, median_of, ratio, seconds

FILES, ARRAY_BYTES, SIZE = 100_000, 10_000_000_000, 64
ALL = os.cpu_count() or 1
LOOK_S = 0.2
WIDTH = 32
MIB = 2**20
ROWS = (
    Row("folder-first", "100,000 images of 64 px in a folder: first start, decoding on all cores", None, unit=" s"),
    Row(
        "folder-speedup",
        "the same on all cores, against one",
        Target(1.5, "x"),
        missed="only decoding is shared, by processes (elsewhere, of 20,000 files, 5.3 s instead of 7.7); listing, "
        "hashing, and writing the cache are not. By threads the ratio there was 0.85, and the first start took 84 s",
    ),
    Row(
        "folder-later",
        "later starts, to the first batch, `import torch` not counted",
        Target(2, " s", at_most=True),
        missed="listing 100,000 files takes 1.5 s, mostly the system's answers on each, comparing them with what was "
        "decoded 0.2, reading the 1.2 GB of the array and summing them up at once 1 to 2: memory "
        "is given no faster",
    ),
    Row(
        "folder-memory",
        "peak memory of the first start beyond `import torch`, over the array",
        Target(1.5, "x", at_most=True),
    ),
    Row("array-memory", "a mapped array of 10 GB: resident while training", Target(2, " GB", at_most=True)),
    Row(
        "array-slower",
        "a step on it, against one on a small set in memory",
        Target(1.1, "x", at_most=True),
        missed="on the line: the rounds lie on both sides of it; 1.04 in another run, on a machine without fast bf16",
    ),
)


def measure(scale: Scale) -> Iterator[tuple[str, Figure]]:
    """All rows."""
    yield from _folder(scale)
    yield from _array(scale)


def _folder(scale: Scale) -> Iterator[tuple[str, Figure]]:
    count = scale.of(FILES, 2_000)
    folder = folder_of_faces(scale.work, SIZE, count)
    cache = scale.work / "cache-of-a-large-folder"

    def first(cores: int) -> dict[str, float]:
        shutil.rmtree(cache, ignore_errors=True)
        return _answer("open", folder, cache, cores)

    of_one, whole = first(1), first(ALL)
    yield "folder-first", median_of([whole["seconds"]], images=count)
    yield "folder-speedup", median_of([of_one["seconds"] / whole["seconds"]], cores=ALL)
    array = count * SIZE * SIZE * 3
    yield "folder-memory", median_of([whole["grown"] / array], array_mb=round(array / 1e6))
    laters = [_answer("open", folder, cache, ALL) for _ in range(scale.rounds())]
    yield "folder-later", median_of([answer["seconds"] for answer in laters])


def _array(scale: Scale) -> Iterator[tuple[str, Figure]]:
    path = array_file(scale.work, scale.of(ARRAY_BYTES, ARRAY_BYTES // 50))
    try:
        answer = _answer("train", path, scale.work / "cache", ALL, scale.of(12, 3), scale.rounds())
    finally:
        path.unlink()
    yield "array-memory", median_of([answer["resident"] / 1e9], array_gb=round(answer["array"] / 1e9, 2))
    yield "array-slower", ratio(answer["mapped"], answer["memory"], cold=round(answer["cold"], 2))  # type: ignore[arg-type]  # lists of seconds


def array_file(work: Path, size: int) -> Path:
    """Decoded faces over and over, as the cache has them."""
    path = work / "array.images"
    faces = np.stack([np.asarray(image) for image in _decoded(1024)])
    with path.open("wb") as file:
        for _ in range(size // faces.nbytes):
            file.write(faces.data)
    return path


def _decoded(count: int) -> Iterator[np.ndarray]:
    from io import BytesIO

    from PIL import Image

    return (np.asarray(Image.open(BytesIO(data))) for data in encoded_avatars(SIZE, count))


def _answer(verb: str, *given: object) -> dict[str, float]:
    """What a process of its own says."""
    command = [sys.executable, __file__, verb, *map(str, given)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


# In the process


def open_folder(folder: str, cache: str, cores: str) -> dict[str, float]:
    """From nothing to the first batch, and by how much the process grew, with those that decoded for it."""
    if int(cores) < ALL:
        os.sched_setaffinity(0, set(range(int(cores))))
    os.environ["GANZOO_CACHE"] = cache
    from ganzoo.data.batches import Batches
    from ganzoo.data.named import load_named
    from ganzoo.registry.catalogue import catalogue

    section = config_of(SIZE, WIDTH, data=Path(folder)).data
    before, helpers = peak(), Helpers()
    helpers.start()
    taken = seconds(lambda: Batches(load_named(section, catalogue()), seed=0).take(0, BATCH))
    helpers.over.set()
    helpers.join()
    return {"seconds": taken, "grown": peak() - before + sum(helpers.peaks.values())}


def train_on_array(path: str, cache: str, cores: str, steps: str, rounds: str) -> dict[str, object]:
    """Seconds a step, mapped and in memory by turns; resident memory, the system's own pages and the array's."""
    os.environ["GANZOO_CACHE"] = cache
    from making import session_of
    from training import Running

    from ganzoo.data.batches import Batches
    from ganzoo.data.mapping import mapped
    from ganzoo.data.store import ImageStore
    from ganzoo.training.memory import keep_freed_memory

    keep_freed_memory()
    size = Path(path).stat().st_size
    images = mapped(Path(path), (size // (SIZE * SIZE * 3), SIZE, SIZE, 3))
    large = ImageStore(images, None, (), "synthetic", "synthetic")
    both: dict[str, Callable[[], float]] = {}
    for name in ("mapped", "memory"):
        session = session_of(SIZE, WIDTH)
        if name == "mapped":
            object.__setattr__(session.step, "reals", Batches(large, seed=0))
        both[name] = Running(session).steps(int(steps))
    _forget(Path(path))
    cold = both["mapped"]()
    found = by_turns(both, int(rounds))
    return {**found, "cold": cold / min(found["memory"]), "resident": peak(), "array": size}


def _forget(path: Path) -> None:
    """The system's cache of a file: the next reads come from the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Helpers(threading.Thread):
    """Looks every now and then at the processes that decode for this one.

    What the system says of children that ended counts this process too, of which each was a copy for a moment.
    """

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()
        self.peaks: dict[str, int] = {}

    def run(self) -> None:
        """Until it is over."""
        while not self.over.wait(LOOK_S):
            children = " ".join(file.read_text() for file in Path("/proc/self/task").glob("*/children"))
            for child in children.split():
                with suppress(OSError, StopIteration):  # it ended meanwhile
                    self.peaks[child] = peak(child)


def peak(process: str = "self") -> int:
    """Bytes a process held at most."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    verb, *words = sys.argv[1:]
    sys.stdout.write(json.dumps({"open": open_folder, "train": train_on_array}[verb](*words)))
