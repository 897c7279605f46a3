"""Seconds and peak memory of the Frechet and the kernel distance: ganzoo's and torch-fidelity's, in one run.

    python tests/benchmarks/scores.py            # the whole table, some minutes
    python tests/benchmarks/scores.py --quick    # its smallest row

Both get the same random features, so that backbones, which cost the same on either side, are left out. Each figure is
of a process of its own. *First* summarises the reals, and keeps what is kept; *cached* reads it. torch-fidelity keeps
the reals' mean and covariance for FID, and features for KID, of which it takes its default of 100 subsets of 1000.
The last columns say how many times faster ganzoo is.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

COUNTS, DIMS = (1000, 4000, 10_000), (1280, 2048)


class Case(NamedTuple):
    """One process: whose score, of how many images and features, before or after the reals are kept."""

    library: str
    score: str
    images: int
    dim: int
    state: str


class Cost(NamedTuple):
    """What it took, and what came out."""

    seconds: float
    megabytes: float
    value: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="1,000 images and 1,280 features alone")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        sys.stdout.write(json.dumps(measure(Case(*json.loads(options.case)), Path(options.folder))))
        return
    counts, dims = ((COUNTS[0],), (DIMS[0],)) if options.quick else (COUNTS, DIMS)
    sys.stdout.write(
        "| score | images | features | first, s: theirs | ours | cached, s: theirs | ours "
        "| first, MB: theirs | ours | cached, MB: theirs | ours | first, times | cached, times |\n"
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    for score in ("FD", "KD"):
        for dim in dims:
            for count in counts:
                sys.stdout.write(row(score, count, dim) + "\n")
                sys.stdout.flush()


def row(score: str, count: int, dim: int) -> str:
    """One row of the table, measured."""
    costs: dict[tuple[str, str], Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        for state in ("first", "cached"):  # in this order: the second reads what the first keeps
            for library in ("theirs", "ours"):
                costs[state, library] = in_its_own_process(Case(library, score, count, dim, state), folder)
    check_agreement(score, costs)
    order = [(state, library) for state in ("first", "cached") for library in ("theirs", "ours")]
    seconds = [f"{costs[key].seconds:.2f}" for key in order]
    megabytes = [f"{costs[key].megabytes:,.0f}" for key in order]
    times = [f"{costs[s, 'theirs'].seconds / costs[s, 'ours'].seconds:.1f}" for s in ("first", "cached")]
    return f"| {' | '.join([score, f'{count:,}', f'{dim:,}', *seconds, *megabytes, *times])} |"


def check_agreement(score: str, costs: dict[tuple[str, str], Cost]) -> None:
    """Both computed the same thing: 1e-3 relative for FD; for KD, of which theirs samples pairs, 5 %."""
    values = [cost.value for cost in costs.values()]
    tolerance = {"FD": 1e-3, "KD": 5e-2}[score]
    if max(values) - min(values) > tolerance * max(abs(value) for value in values):
        raise SystemExit(f"{score} is not the same everywhere: {costs}")


def in_its_own_process(case: Case, folder: str) -> Cost:
    command = [sys.executable, __file__, "--case", json.dumps(case), "--folder", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{case} failed:\n{done.stderr}")
    return Cost(*json.loads(done.stdout.splitlines()[-1]))


def measure(case: Case, folder: Path) -> Cost:
    """Seconds, memory above what the process and the features take, and the score."""
    import torch

    generator = torch.Generator().manual_seed(0)
    # A spectrum that falls, as that of features does.
    axes = torch.logspace(0, -2, case.dim)
    real = torch.randn(case.images, case.dim, generator=generator) * axes + 0.5
    fake = torch.randn(case.images, case.dim, generator=generator) * axes * 1.2 + 0.6
    kept = folder / f"{case.library}-{case.score}"
    work = {"ours": prepare_ours, "theirs": prepare_theirs}[case.library](case, real, fake, kept)
    before = peak_mb()
    start = time.perf_counter()
    value = work()
    return Cost(time.perf_counter() - start, peak_mb() - before, value)


def peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


# `real` and `fake` are tensors [N, D] float32; torch is imported where a process needs it.


def prepare_ours(case: Case, real: object, fake: object, kept: Path) -> Callable[[], float]:
    import torch

    from ganzoo.contracts.metric import Sample
    from ganzoo.evaluation.statistics import StatisticsCache
    from ganzoo_metrics.fd import FrechetDistance
    from ganzoo_metrics.frechet import fit_gaussian  # noqa: F401 - imports are not what is measured
    from ganzoo_metrics.frechet_floor import frechet_floor  # noqa: F401 - as above
    from ganzoo_metrics.frechet_infinity import sample_sizes  # noqa: F401 - as above
    from ganzoo_metrics.kd import KernelDistance
    from ganzoo_metrics.kernel import sums_within  # noqa: F401 - as above

    assert isinstance(real, torch.Tensor)
    assert isinstance(fake, torch.Tensor)
    metric = FrechetDistance("x", "score") if case.score == "FD" else KernelDistance("x", "score", 4000)
    pixels = torch.zeros(case.images, 1, 1, 1, dtype=torch.uint8)
    cache = StatisticsCache(kept, sys.exit)
    reals, generated = Sample(pixels, features=real), Sample(pixels, features=fake)

    def work() -> float:
        summary = cache.read("reals")
        if summary is None:
            summary = metric.summarise(reals)
            cache.write("reals", summary)
        return metric.score(summary, generated)["score"].value

    return work


def prepare_theirs(case: Case, real: object, fake: object, kept: Path) -> Callable[[], float]:
    import torch
    from torch_fidelity.metric_fid import KEY_METRIC_FID, fid_features_to_statistics, fid_statistics_to_metric
    from torch_fidelity.metric_kid import KEY_METRIC_KID_MEAN, kid_features_to_metric
    from torch_fidelity.utils import cache_lookup_one_recompute_on_miss as cached

    assert isinstance(real, torch.Tensor)
    assert isinstance(fake, torch.Tensor)
    options = {"cache": True, "cache_root": str(kept), "verbose": False}

    def frechet() -> float:
        of_real = cached("reals", lambda: fid_features_to_statistics(real), **options)
        of_fake = fid_features_to_statistics(fake)
        return float(fid_statistics_to_metric(of_real, of_fake, verbose=False)[KEY_METRIC_FID])

    def kernel() -> float:
        features = cached("reals", lambda: real, **options)
        return float(kid_features_to_metric(features, fake, verbose=False)[KEY_METRIC_KID_MEAN])

    return frechet if case.score == "FD" else kernel


if __name__ == "__main__":
    main()
