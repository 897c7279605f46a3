"""Reads all hostile files with the verbs people use, in a process of its own, and says what happened as JSON.

python tests/hostile/read_files.py SANDBOX [--all-verbs]

The folder given gets `hostile/` (the files), `out/` (what verbs may write) and `watched/` (what nobody may touch). The
process watches itself by audit events: what it opens for writing, what it starts, whom it calls.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import FrameType

from hostile_bytes import Case

SANDBOX = Path(sys.argv[1]).resolve()
ALL = "--all-verbs" in sys.argv[2:]
"""Every verb on every run: some minutes."""
ONE_IN = {"resume": 8, "compare": 6, "report": 4, "sample": 3}
"""Otherwise, of the files a slow verb could read, it reads one in so many."""
OUT = SANDBOX / "out"
CANARY = SANDBOX / "watched" / "canary"
SECONDS_A_CASE = 120
ESCAPES = {"\x1b", "\x07", "\x9b", "\u202e"}
NEVER = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "socket.connect",
    "pickle.find_class",
    "ctypes.dlopen",
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ASKED: Counter[str] = Counter()
PATHS_OF = {
    "os.remove": 1,
    "os.rename": 2,
    "os.mkdir": 1,
    "os.rmdir": 1,
    "os.symlink": 2,
    "os.link": 2,
    "os.truncate": 1,
    "os.chmod": 1,
    "shutil.rmtree": 1,
}
"""Audit events that change files -> how many of their arguments are paths."""


class Watch:
    """What this process did while it was on, against the rules."""

    def __init__(self, allowed: list[Path]) -> None:
        self.allowed = [os.fspath(path) for path in allowed]
        self.on = False
        self.broken: set[str] = set()

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.on:
            return
        if event == "ctypes.dlopen" and arguments == (None,):
            return  # the process itself: no file is loaded
        if event in NEVER:
            self.broken.add(f"{event} {str(arguments)[:200]}")
        elif event == "open":
            path, _, flags = arguments
            writes = isinstance(flags, int) and flags & WRITING
            if writes and not isinstance(path, int):
                self._check(event, path)
        elif event in PATHS_OF:
            for path in arguments[: PATHS_OF[event]]:
                self._check(event, path)

    def _check(self, event: str, path: object) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        real = Path(os.fsdecode(path)).absolute().parent.resolve()
        if not any(f"{real}/".startswith(f"{place}/") for place in self.allowed) and os.fsdecode(path) != os.devnull:
            self.broken.add(f"{event} {os.fsdecode(path)!r}")


class TooLong(BaseException):
    """A verb did not come back."""


def too_long(number: int, frame: FrameType | None) -> None:
    """Of the alarm."""
    raise TooLong


def verb(*arguments: object) -> tuple[int, str]:
    """`ganzoo ...` in this process: exit code and everything that was printed; raises what would be a traceback."""
    from ganzoo.cli.app import main

    sys.argv = ["ganzoo", *map(str, arguments)]
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    code: object = 0
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            main()
        except SystemExit as ending:
            code = ending.code
    printed.flush()
    return int(str(code or 0)), printed.buffer.getvalue().decode()  # type: ignore[attr-defined]  # a BytesIO


def verbs_for(case: Case, number: int) -> Iterator[tuple[object, ...]]:
    """What people would type to read the file."""
    path, out = case.path, OUT / str(number)
    if case.kind == "zip":
        yield "data", "check", path
    elif case.kind == "config":
        yield "config", "resolve", "--config", path
    on_runs: dict[str, tuple[object, ...]] = {
        "doctor": ("doctor", path),
        "sample": ("sample", path, "-n", 1, "--out", out),
        "report": ("report", path, "--out", f"{out}.html"),
        "compare": ("compare", path, SANDBOX / "hostile" / "good", "--html", f"{out}-compared.html"),
        "resume": ("resume", path, "-q"),
    }
    for name, words in on_runs.items():
        if ALL and case.kind == "run":
            yield words
        elif name in case.verbs:
            ASKED[name] += 1
            if ASKED[name] % ONE_IN.get(name, 1) == 0:
                yield words


def read_all() -> dict[str, object]:
    """Make the files, read them, and say how it went."""
    began = time.monotonic()
    for folder in (OUT, CANARY.parent):
        folder.mkdir()
    cases = made()
    made_in = time.monotonic() - began
    (CANARY.parent / "precious.txt").write_text("mine\n" * 9999)
    before = snapshot(SANDBOX)
    load_libraries()
    watch = Watch([OUT, Path(os.environ["GANZOO_CACHE"]), Path(os.environ["TMPDIR"]), SANDBOX / "hostile" / "runs"])
    sys.addaudithook(watch)
    signal.signal(signal.SIGALRM, too_long)
    failures: list[str] = []
    codes: Counter[str] = Counter()
    slow: Counter[str] = Counter()
    by_verb: Counter[str] = Counter()
    grew: Counter[str] = Counter({"before": round(peak_mb())})
    jobs = [("images", "a folder of all of them", words) for words in _of_images()]
    jobs += [(case.kind, case.name, words) for number, case in enumerate(cases) for words in verbs_for(case, number)]
    os.chdir(OUT)
    for kind, name, words in jobs:
        what = f"{kind}, {name}: ganzoo {words[0]}"
        started, computed = time.monotonic(), time.process_time()
        watch.on = True
        signal.alarm(SECONDS_A_CASE * (10 if kind == "images" else 1))
        try:
            code, printed = verb(*words)
        except (Exception, TooLong) as error:  # noqa: BLE001 - that any came out is the finding
            failures.append(f"{what}: {type(error).__name__}: {str(error)[:300]} ({_where(error)})")
            code, printed = -1, ""
        finally:
            signal.alarm(0)
            watch.on = False
        codes[f"{kind} {code}"] += 1
        by_verb[str(words[0])] += round(1000 * (time.process_time() - computed))
        slow[what] += round(1000 * (time.monotonic() - started))
        grew[what] += round(peak_mb() - sum(grew.values()))
        if code not in (0, 1, 2, -1) or "Traceback" in printed:
            failures.append(f"{what}: exit {code}, {printed[-300:]!r}")
        if words[0] == "report" and code == 0 and "<script>alert" in Path(str(words[-1])).read_text(encoding="utf-8"):
            failures.append(f"{what}: a script in the page")
        if ESCAPES & set(printed):
            failures.append(f"{what}: obeyed {printed!r:.300}")
    return {
        "cases": dict(Counter(case.kind for case in cases)),
        "codes": dict(sorted(codes.items())),
        "failures": failures,
        "broken": sorted(watch.broken),
        "canary": CANARY.exists(),
        "changed": sorted(changed(before, snapshot(SANDBOX))),
        "peak_mb": peak_mb(),
        "peak_grew_mb": grew.most_common(5),
        "cpu_ms_by_verb": dict(by_verb),
        "slowest_ms": slow.most_common(8),
        "seconds": [round(made_in, 1), round(time.monotonic() - began, 1)],
    }


def load_libraries() -> None:
    """Once, before the watch: loading them is no work of a stranger's file."""
    import platform

    import ganzoo.report.curves
    import ganzoo.training.loop  # noqa: F401 - torch and matplotlib come with them

    platform.processor()  # asks the system, once a process


def made() -> list[Case]:
    """The files, made by a process of its own: the memory that takes is none of reading's."""
    from make_files import make_files

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        return other.submit(make_files, SANDBOX / "hostile", CANARY).result()


def _of_images() -> Iterator[tuple[object, ...]]:
    folder = SANDBOX / "hostile" / "images"
    yield "data", "check", folder
    settings = ("generator.width=4", "discriminator.width=4", "samples.count=1", "evaluation.at_end=false")
    options = [word for setting in (*settings, "evaluation.memorising=false") for word in ("--set", setting)]
    sizes = ("--steps", 1, "--image-size", 16, "--batch-size", 4)
    yield "run", "dcgan", "--preset", "try", "--data", folder, *sizes, *options, "--out", OUT / "run of images"


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"


def peak_mb() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and time, links not followed; `out` and what resuming may write are left out."""
    left_out = {OUT, *(SANDBOX / name for name in ("hostile/runs", "cache", "tmp", "home"))}
    found = {}
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if Path(root, name) not in left_out]
        for path in (Path(root, name) for name in [*folders, *files]):
            facts = path.lstat()
            found[str(path)] = (facts.st_size, facts.st_mtime_ns)
    return found


def changed(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> Iterator[str]:
    """Files that came, went, or differ."""
    for path in before.keys() | after.keys():
        if before.get(path) != after.get(path):
            yield path


if __name__ == "__main__":
    limit = 8 * 2**30  # a stop for the machine's sake; what is promised is measured
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    summary = read_all()
    sys.stdout.write(json.dumps(summary, indent=1) + "\n")
