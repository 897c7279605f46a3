"""What a kill left half done, cleared away before a run goes on."""

from __future__ import annotations

import re
import shutil

from ganzoo.runs.directory import RunDirectory

_FILE = re.compile(
    r"\.(config\.toml|environment\.json|training\.gif|curves\.png|neighbours\.png|report\.html|latest|best|step-\d+\.png)\.\w+"
)
_FOLDER = re.compile(r"\.(drop-step-\d+|step-\d+\.\d+)")
_REPLACED = re.compile(r"\.old-(step-\d+)")


def clear_leftovers(run: RunDirectory) -> None:
    """Remove temporary files and folders of ganzoo's own making; put back a checkpoint whose successor is missing.

    What a killed fork had copied before it was a run goes too.

    Only for who holds the run's lock: what looks left over may be another process's work.
    """
    if run.is_unfinished_fork:
        _clear_copies(run)
    run.forking.unlink(missing_ok=True)
    for folder in (run.path, run.samples, run.checkpoints):
        for path in sorted(folder.glob(".*")):
            if replaced := _REPLACED.fullmatch(path.name):
                final = folder / replaced[1]
                if final.exists():
                    shutil.rmtree(path)
                else:
                    path.rename(final)
            elif _FOLDER.fullmatch(path.name) and path.is_dir():
                shutil.rmtree(path)
            elif _FILE.fullmatch(path.name) and path.is_file():
                path.unlink()


def _clear_copies(run: RunDirectory) -> None:
    for folder in (run.samples, run.checkpoints):
        shutil.rmtree(folder)
        folder.mkdir()
    for file in (run.metrics, run.events, run.environment):
        file.unlink(missing_ok=True)
