"""The page with the controls."""

from __future__ import annotations

import shlex
from pathlib import Path

from ganzoo.playing.trained import Trained
from ganzoo.playing.web.wishes import LARGEST_SEED, MOST_IMAGES, MOST_TRUNCATION
from ganzoo.report.page.shell import render_served
from ganzoo.training.checkpoints import LATEST

COUNTS = (1, 4, 9, 16, 36, MOST_IMAGES)
STEPS = 48
"""Places on the way from one seed to the other."""


def page(trained: Trained, path: Path, checkpoint: str) -> tuple[str, str]:
    """The text of the page, and its Content-Security-Policy.

    Args:
        trained: what it draws with.
        path: where that came from, for the commands it shows.
        checkpoint: likewise.
    """
    of_run = [str(path), *(["--checkpoint", checkpoint] if checkpoint != LATEST else [])]
    facts = {
        "title": path.resolve().name,
        "about": _about(trained, checkpoint),
        "classes": list(trained.classes),
        "counts": COUNTS,
        "steps": STEPS,
        "most_truncation": MOST_TRUNCATION,
        "largest_seed": LARGEST_SEED,
        "told": {
            "run": shlex.join(of_run),
            "classes": [shlex.quote(name) for name in trained.classes],
            "steps": STEPS,
        },
    }
    return render_served("ganzoo.playing.web", "play", facts)


def _about(trained: Trained, checkpoint: str) -> str:
    generator = trained.generator
    parts = [f"{generator.image_size} px", f"{generator.latent_dim} numbers a latent"]
    parts += [f"{len(trained.classes)} classes"] if trained.classes else []
    parts += [f"checkpoint {checkpoint}"] if trained.run is not None else ["exported"]
    return " · ".join(parts)
