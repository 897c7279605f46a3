"""A run so small that a step takes milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganzoo.config.compose import Request, compose
from ganzoo.contracts import BalancingStrategy, Moment
from ganzoo.registry.catalogue import catalogue
from ganzoo.training.balance import Balance
from ganzoo.training.session import Session, build_session

SMALL = (
    "data.image_size=16",
    "training.precision=fp32",
    "training.batch_size=8",
    "samples.count=4",
    "logging.tick_steps=3",
)


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty small pictures in a folder."""
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(0)
    for index in range(40):
        Image.fromarray(random.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / f"{index:02d}.png")
    return folder


SessionMaker = Callable[..., Session]


@pytest.fixture
def make_session(photos: Path, monkeypatch: pytest.MonkeyPatch) -> SessionMaker:
    """Builds a session of a tiny DCGAN without metrics; `strategies` are put in place of configured ones."""

    def make(
        *settings: str, balance: Sequence[str] = (), strategies: dict[str, BalancingStrategy] | None = None
    ) -> Session:
        request = Request(recipe="dcgan", preset="try", data=str(photos), balance=balance, settings=(*SMALL, *settings))
        config = compose(request, catalogue())
        config = config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})
        session = build_session(config, catalogue())
        if strategies is not None:
            balanced = Balance(strategies)
            balanced.start()
            object.__setattr__(session.step, "balance", balanced)
        return session

    torch.set_num_threads(1)
    return make


@pytest.fixture
def start() -> Moment:
    """The first moment of such a run."""
    return Moment(step=0, images=0, batch_size=8, dataset_size=40)
