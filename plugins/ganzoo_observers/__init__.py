"""Observers that pass a run on to other tools: TensorBoard, Weights & Biases, MLflow, Trackio.

None watches unless a configuration names it. Each stays on this machine unless it is told otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ganzoo.plugin import ObserverSpec, hookimpl
from ganzoo_observers import mlflow, tensorboard, trackio, wandb


@hookimpl
def ganzoo_observers() -> Sequence[ObserverSpec[Any]]:  # `Any`: a list of specs with different config classes
    """The observers."""
    return [tensorboard.SPEC, wandb.SPEC, mlflow.SPEC, trackio.SPEC]
