"""ganzoo: train a GAN on your own images, and keep the fight between generator and discriminator fair.

import ganzoo

run = ganzoo.run("dcgan", data="photos/", balance=["d-skip"], epochs=20)
run.sample(64)
"""

from typing import TYPE_CHECKING

from ganzoo._lazy import lazy_exports

if TYPE_CHECKING:
    from ganzoo.api import Run as Run
    from ganzoo.api import check_data as check_data
    from ganzoo.api import compare as compare
    from ganzoo.api import diagnose as diagnose
    from ganzoo.api import directions as directions
    from ganzoo.api import evaluate as evaluate
    from ganzoo.api import export as export
    from ganzoo.api import interpolate as interpolate
    from ganzoo.api import load_generator as load_generator
    from ganzoo.api import new as new
    from ganzoo.api import play as play
    from ganzoo.api import project as project
    from ganzoo.api import resume as resume
    from ganzoo.api import resume_sweep as resume_sweep
    from ganzoo.api import run as run
    from ganzoo.api import sample as sample
    from ganzoo.api import sweep as sweep
    from ganzoo.api import write_report as write_report
    from ganzoo.api import write_samples as write_samples
    from ganzoo.errors import GanzooError as GanzooError
    from ganzoo.errors import Interrupted as Interrupted
    from ganzoo.errors import TrainingError as TrainingError
    from ganzoo.errors import UsageError as UsageError

__all__ = [
    "GanzooError",
    "Interrupted",
    "Run",
    "TrainingError",
    "UsageError",
    "check_data",
    "compare",
    "diagnose",
    "directions",
    "evaluate",
    "export",
    "interpolate",
    "load_generator",
    "new",
    "play",
    "project",
    "resume",
    "resume_sweep",
    "run",
    "sample",
    "sweep",
    "write_report",
    "write_samples",
]

__getattr__ = lazy_exports(
    __name__,
    {
        "api": (
            "Run",
            "check_data",
            "compare",
            "diagnose",
            "directions",
            "evaluate",
            "export",
            "interpolate",
            "load_generator",
            "new",
            "play",
            "project",
            "resume",
            "resume_sweep",
            "run",
            "sample",
            "sweep",
            "write_report",
            "write_samples",
        ),
        "errors": ("GanzooError", "Interrupted", "TrainingError", "UsageError"),
    },
)
