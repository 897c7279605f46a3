"""How long a browser takes to open the report of a long run, and how large it is.

    python tests/benchmarks/report.py

The run: 200,000 steps, 1,000 evaluations, a grid of noise (nothing compresses worse) at each of 42 steps. A page is
opened from disk by headless chromium, a new one each time. `charts` is the time from the start of the navigation until
the first charts are drawn, `all` until those below the screen are too. Measures, decides nothing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from ganzoo.registry.catalogue import catalogue
from ganzoo.report.page.report import write_report

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "report" / "page")]  # where pytest finds them for the tests

from browsing import Seen, chromium  # noqa: E402 - after the path that leads to them
from made_runs import config_of, made_run  # noqa: E402

LONG = {"ticks": 8_000, "evaluations": 1_000, "grids": 42, "spike": 5_432, "grid_size": 600}
# Marks are set by an observer that sees the page's own word for it; times are since the navigation began.
WATCH = """
const times = window.times = {};
new MutationObserver(() => { times[document.documentElement?.dataset.charts] ??= performance.now(); })
  .observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-charts"] });
"""


def opening(path: Path) -> dict[str, float]:
    """Seconds until it is parsed, loaded, shows its first charts, shows all."""
    with chromium() as browser:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        seen = Seen(browser, path.as_uri()).wait_for_charts()
        loaded = "performance.getEntriesByType('navigation')[0]"
        return {
            "parsed": float(seen.ask(f"{loaded}.domInteractive")) / 1000,
            "loaded": float(seen.ask(f"{loaded}.loadEventEnd")) / 1000,
            "charts": float(seen.ask("times.ready")) / 1000,
            "all": float(seen.ask("times.all")) / 1000,
        }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        plugins = catalogue()
        run = made_run(Path(folder) / "run", config_of(plugins), **LONG)
        started = time.perf_counter()
        path = write_report(run, plugins)
        sys.stdout.write(f"written in {time.perf_counter() - started:.1f} s, {path.stat().st_size / 1e6:.2f} MB\n")
        rows = [opening(path) for _ in range(times)]
        for name in rows[0]:
            values = [row[name] for row in rows]
            sys.stdout.write(f"{name:8} median {statistics.median(values):.2f} s, slowest {max(values):.2f} s\n")


if __name__ == "__main__":
    main()
