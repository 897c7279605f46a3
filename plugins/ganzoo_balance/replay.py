"""replay: D is shown earlier fakes too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Batch, Draws, Moment, Role, Views, ViewStage
from ganzoo.plugin import Ailment, BalancingSpec, Remedy, StrategyConfig, Trait

if TYPE_CHECKING:
    from torch import Tensor

PARTS = ("images", "labels", "latents")


class ReplayConfig(StrategyConfig):
    """How many are kept and how many shown."""

    size: int = Field(default=512, ge=1)
    """Fakes kept, in each process: 25 MB at 64 px in colour, in memory and in each checkpoint."""
    share: float = Field(default=0.5, ge=0, le=1)
    """Share of D's fakes that are earlier ones."""


class Replay(BalancingStrategy):
    """Of D's N fakes, share x N are replaced by earlier ones, and as many fresh ones take random places in the buffer.

    For a game that goes in circles: G moves to where D has forgotten to look, D follows, and all begins anew. D is
    made to remember. The buffer fills first; until it holds enough, D sees fewer earlier ones. An earlier fake keeps
    its label and latents. In G's turn nothing changes. Penalties at the fakes as drawn (`r2`) then cover the fresh
    ones only.

    Source: Shrivastava et al. 2017, "Learning from Simulated and Unsupervised Images through Adversarial Training",
    section 2.3: half of each batch. They do not give the buffer's size; the default is ours.
    """

    view_stage: ClassVar[ViewStage] = ViewStage.SELECT
    local_state: ClassVar[frozenset[str]] = frozenset({"kept"})

    def __init__(self, config: ReplayConfig) -> None:
        self.config = config
        self.count = 0
        self.kept: dict[str, Tensor] = {}

    def views(self, real: Batch | None, fake: Batch, role: Role, moment: Moment, draws: Draws) -> Views:
        """D's fakes, some of them earlier ones; remembers some of the fresh ones."""
        wanted = int(self.config.share * len(fake.images) + 0.5)
        if role is not Role.DISCRIMINATOR or wanted == 0:
            return Views(real, fake)
        order = draws.named("rows").uniform().argsort()
        shown = min(wanted, self.count)
        mixed = self._with_earlier(fake, order[:shown], draws.named("earlier")) if shown else fake
        self._remember(fake, order[-wanted:], draws.named("places"))
        return Views(real, mixed)

    def _with_earlier(self, fake: Batch, rows: Tensor, draws: Draws) -> Batch:
        chosen = draws.uniform(self.count)[0].argsort()[: len(rows)]
        changed: dict[str, Tensor] = {}
        for name, fresh in _parts(fake).items():
            changed[name] = fresh.index_copy(0, rows, self.kept[name].to(fresh)[chosen])
        return replace(fake, **changed)

    def _remember(self, fake: Batch, rows: Tensor, draws: Draws) -> None:
        """Into free places first, then into random ones, no two into one.

        What is not finite is kept as 0: its own update is dropped, and the buffer outlives that.
        """
        import torch

        size = self.config.size
        free = min(size - self.count, len(rows))
        places = draws.uniform(size)[0].argsort()[: len(rows) - free]
        for name, fresh in _parts(fake).items():
            added = torch.nan_to_num(fresh.detach()[rows], nan=0.0, posinf=0.0, neginf=0.0)
            before = self.kept[name].to(fresh.device) if name in self.kept else added[:0]
            filled = torch.cat([before, added[:free]])
            self.kept[name] = filled.index_copy(0, places, added[free : free + len(places)])
        self.count = min(size, self.count + free)

    def state_dict(self) -> dict[str, object]:
        """How many are kept, and they."""
        return {"count": self.count, "kept": dict(self.kept)}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        count, kept = state["count"], state["kept"]
        assert isinstance(count, int)
        assert isinstance(kept, Mapping)
        self.count, self.kept = count, dict(kept)


def _parts(batch: Batch) -> dict[str, Tensor]:
    return {name: part for name in PARTS if (part := getattr(batch, name)) is not None}


SPEC = BalancingSpec(
    name="replay",
    summary="Half of D's fakes are earlier ones",
    source="Shrivastava et al. 2017, Learning from Simulated and Unsupervised Images (arXiv 1612.07828), 2.3",
    config=ReplayConfig,
    helps={Ailment.MODE_COLLAPSE: Remedy(3, "D remembers the modes G has left")},
    build=Replay,
    traits=frozenset({Trait.REMEMBERS_BATCHES}),
)
