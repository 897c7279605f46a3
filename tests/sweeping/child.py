"""In place of a run: writes the record of one in no time. Its score is a function of its configuration."""

import json
import os
import shutil
import signal
import sys
import tomllib
from pathlib import Path


def say(run: Path, kind: str, message: str, step: int = 1, **data: object) -> None:
    with (run / "events.jsonl").open("a") as file:
        file.write(json.dumps({"kind": kind, "step": step, "message": message, "data": data}) + "\n")


def fault_of(run: Path, width: int, seed: int) -> tuple[str, int]:
    """What the run has to say, and the code it ends with; 0: it does not fail."""
    folder = run.parents[1]
    if width == 14:
        return "it cannot be", 2
    if width == 15 and seed == 1:
        return "diverged", 1
    if width == 17 and not (folder / "room").exists():
        return "no space left", 75
    if width == 18:
        again = (folder / "again").exists()
        (folder / "again").touch()
        return ("", 1) if again else ("no space left", 75)
    return "", 0


def main() -> int:
    if sys.argv[1] == "--check":
        sys.stdout.write(json.dumps({"device": "cpu"}))
        return 0
    run, given = Path(sys.argv[1]), Path(sys.argv[2])
    config = tomllib.loads(given.read_text())
    width, seed = config["generator"]["width"], config["training"]["seed"]
    with (run.parents[1] / "starts").open("a") as file:
        file.write(f"{run.name} {'goes on' if run.exists() else 'begins'} {os.environ['OMP_NUM_THREADS']}\n")
    run.mkdir(parents=True, exist_ok=True)
    shutil.copy(given, run / "config.toml")
    if os.environ.get("HANG"):
        os.read(0, 1)  # until the worker says so, or is no more
        return 128 + signal.SIGTERM  # as a real run does
    if width == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if width == 16:
        say(run, "evaluation", "", scores={"distance": 9.0}, directions={"distance": True}, images=1_000_000)
        os.read(0, 1)
        return 128 + signal.SIGTERM
    message, code = fault_of(run, width, seed)
    if code:
        sys.stdout.write(json.dumps({"message": message, "hint": ""}) if message else "")
        return code
    distance = {"metric": "distance", "features": None, "needs_reals": False}
    say(
        run,
        "evaluation",
        "",
        scores={"distance": round(width / 10 + seed / 100, 9)},
        directions={"distance": True},
        protocol={"scores": {"distance": distance}},
        standard_errors={},
        images=1000,
    )
    say(run, "end", "finished", step=2 if width == 19 else 1)  # 19: its score at the end could not be made
    return 0


if __name__ == "__main__":
    sys.exit(main())
