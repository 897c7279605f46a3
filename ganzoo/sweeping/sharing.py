"""How many runs at once, and how many threads each: together they take the cores there are, and no more."""

from __future__ import annotations

from collections.abc import Mapping

from ganzoo.errors import UsageError

AT_ONCE = 4
"""Runs where nothing is said: beyond, memory is what runs out first."""
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""What the libraries of a run read when they are loaded."""


def jobs_for(asked: int | None, cores: int, device: str, runs: int) -> int:
    """Runs at once.

    Args:
        asked: by the user; None: one a core, up to `AT_ONCE`; on a GPU one.
        cores: that this process may use.
        device: where the runs compute.
        runs: there are in all.

    Raises:
        UsageError: more than there are cores.
    """
    if asked is None:
        return max(1, min(AT_ONCE, cores, runs)) if device == "cpu" else 1
    if asked < 1:
        raise UsageError(f"--jobs {asked}: runs at once, 1 or more")
    if asked > cores:
        raise UsageError(
            f"--jobs {asked}: there are {cores} cores", hint="more runs at once than cores slow each other"
        )
    return min(asked, runs)


def environment_for(jobs: int, cores: int, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of one run: its share of the threads, or fewer where the user said so."""
    share = max(1, cores // jobs)
    shared = dict(environment)
    for name in THREADS:
        given = environment.get(name, "")
        shared[name] = str(min(share, int(given))) if given.isdigit() and int(given) > 0 else str(share)
    return shared
