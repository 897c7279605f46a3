"""From `ganzoo run` to the end of the first step, in a process of its own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measuring import Figure, Row, Scale, Target, by_turns, ratio, seconds

POLL_S = 0.005
LONGEST_S = 120
ROWS = (
    Row(
        "first-step",
        "`ganzoo run dcgan` to the end of the first step, images cached, against `import torch`",
        Target(2.4, "x", at_most=True),
        missed="beside torch itself ganzoo's own imports take 0.8 s, the grid and the checkpoint of step 0 another "
        "0.8, the images 0.4, a step 0.5",
    ),
)


def first_step(folder: Path, environment: dict[str, str]) -> float:
    """Seconds until metrics.jsonl has a line, with a tick a step."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        run = Path(temporary) / "run"
        command = [sys.executable, "-m", "ganzoo", "run", "dcgan", "--out", str(run), "--set", "logging.tick_steps=1"]
        metrics = run / "metrics.jsonl"
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            while not (metrics.exists() and metrics.stat().st_size):
                if process.poll() is not None or time.perf_counter() - started > LONGEST_S:
                    said = process.stderr.read().decode() if process.stderr else ""
                    raise RuntimeError(f"no first step: {said}")
                time.sleep(POLL_S)
            return time.perf_counter() - started
        finally:
            process.kill()
            process.wait()


def measure(scale: Scale) -> Iterator[tuple[str, Figure]]:
    """The row; the first round fills the caches."""
    environment = {**os.environ, "GANZOO_CACHE": str(scale.work / "cache")}
    ways = {
        "run": lambda: first_step(scale.work, environment),
        "import": lambda: seconds(lambda: subprocess.run([sys.executable, "-c", "import torch"], check=True)),
    }
    found = by_turns(ways, scale.rounds())
    facts = {f"{name}_s": round(statistics.median(times), 2) for name, times in found.items()}
    yield "first-step", ratio(found["run"], found["import"], **facts)
