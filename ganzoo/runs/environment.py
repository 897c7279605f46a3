"""What a run was made with, so that it can be repeated and two can be compared."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import version

from ganzoo.registry.manager import load_plugins

LIBRARIES = (
    "torch",
    "torchvision",
    "numpy",
    "pillow",
    "torch-fidelity",
    "torchmetrics",
    "pydantic",
    "pluggy",
)


def environment(**facts: object) -> str:
    """JSON: versions, plugins with their versions and status, the machine, and the facts given."""
    return json.dumps(
        {
            "ganzoo": version("pyganzoo"),
            "python": platform.python_version(),
            "libraries": {name: version(name) for name in LIBRARIES},
            "plugins": [
                {"name": p.name, "distribution": p.distribution, "version": p.version, "status": p.status}
                for p in load_plugins()
            ],
            "machine": {
                "system": platform.platform(),
                "processor": platform.machine(),
                "cores": os.cpu_count(),
            },
            **facts,
        },
        indent=2,
        default=str,
    )
