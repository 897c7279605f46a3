"""What was measured, kept as it comes: a run that is cut loses one experiment."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path

import torch
from measuring import Figure

KEPT = Path(__file__).with_name("results")
"""Of the page."""


def write(folder: Path, name: str, result: Mapping[str, object]) -> None:
    """One file an experiment."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**result, "machine": machine()}, indent=1)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> dict[str, dict[str, object]]:
    """All of them, by name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def plain(figure: Figure) -> dict[str, object]:
    """As JSON has it."""
    return {"value": figure.value, "samples": list(figure.samples), "facts": dict(figure.facts)}


def machine() -> dict[str, object]:
    """What figures depend on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9) if os.name == "posix" else 0,
        "bf16": bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "threads": torch.get_num_threads(),
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
