"""How fast ganzoo is: the tables of `docs/explanation/performance.md`.

    make bench            everything, under twenty minutes on an idle machine
    make bench-quick      the table of targets only, one round of less, under three; for a look
    python tests/benchmarks/speed --only training starting     these groups only
    python tests/benchmarks/speed --keep                       as the figures of the page, which is written anew
    python tests/benchmarks/speed --write                      only the page, from the figures that are kept

Each ratio is of ways measured by turns in one run; figures are medians of five rounds (of one with `--quick`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import growth
import large
import levers
import limits
import overhead
import page
import penalties
import pictures
import starting
import training
from measuring import Scale
from results import KEPT, plain, write

GROUPS = {
    "training": training,
    "overhead": overhead,
    "penalties": penalties,
    "starting": starting,
    "large": large,
    "pictures": pictures,
    "limits": limits,
    "levers": levers,
    "growth": growth,
}


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="what has a target, in one round of less")
    parser.add_argument("--keep", action="store_true", help="as the figures of the page")
    parser.add_argument("--write", action="store_true", help="only write the page")
    parser.add_argument("--only", nargs="*", choices=list(GROUPS), metavar="GROUP")
    given = parser.parse_args()
    names = given.only or [name for name, group in GROUPS.items() if group in page.ASKED or not given.quick]
    if given.keep and given.quick:
        parser.error("the page has the figures of a whole run; leave out --quick or --keep")
    if not given.write:
        with tempfile.TemporaryDirectory(prefix="ganzoo-bench-") as work:
            measure(names, Scale(given.quick, Path(work)), keep=given.keep)
    if given.write or given.keep:
        page.write_page()


def measure(names: list[str], scale: Scale, *, keep: bool) -> None:
    """Group after group; each says its table as soon as it has it."""
    for name in names:
        started = time.perf_counter()
        figures = {}
        for row, figure in GROUPS[name].measure(scale):
            figures[row] = plain(figure)
            if sys.stderr.isatty():
                sys.stderr.write(f"  {row}: {figure.value:.3g}\n")
        if keep:
            write(KEPT, name, figures)
        sys.stdout.write(page.table(GROUPS[name].ROWS, figures) + "\n\n")
        sys.stdout.flush()
        sys.stderr.write(f"{name}: {time.perf_counter() - started:.0f} s\n")


if __name__ == "__main__":
    main()
