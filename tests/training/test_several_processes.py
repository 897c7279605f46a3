"""A batch shared by several processes, or worked on in parts, is the same batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from processes import in_processes
from torch import Tensor

from ganzoo.config.compose import Request, compose
from ganzoo.contracts import Batch, Moment, Role, Term, TermInput
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.training.parts import Part
from ganzoo.training.ranks import ALONE, Alone, Ranks
from ganzoo.training.session import Session, build_session
from ganzoo.training.weights import weights_of

GATED = ("r1:gamma=1", "d-skip:threshold=0.7")
POINTS = ("training.batch_size=16", "training.precision=fp32", "training.steps=20")


@pytest.fixture
def in_float64() -> Iterator[None]:
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


class InFloat64:
    """The stream of reals; NaN from one image on, where asked for."""

    def __init__(self, session: Session, nan_at: int | None) -> None:
        self.stream, self.nan_at = session.step.reals, nan_at

    def take(self, start: int, count: int) -> Batch:
        batch = self.stream.take(start, count)
        images = batch.images.double()
        if self.nan_at is not None and start <= self.nan_at < start + count:
            images[self.nan_at - start] = torch.nan
        return replace(batch, images=images)


def session_of(
    balance: Sequence[str], *settings: str, ranks: Ranks = ALONE, loss: str | None = None, recipe: str = "mlp"
) -> Session:
    options = [f"loss.kind={loss}"] if loss else []
    request = Request(recipe=recipe, data="ring8", balance=balance, settings=[*POINTS, *options, *settings], metrics=())
    config = compose(request, catalogue())
    config = config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})
    return build_session(config, catalogue(), ranks)


def trained(session: Session, steps: int = 20, nan_at: int | None = None) -> dict[str, Any]:
    """Weights, losses, refusals and faults after some steps in float64."""
    object.__setattr__(session.step, "reals", InFloat64(session, nan_at))
    moment = Moment(0, 0, session.effective.training.batch_size, session.images)
    values: list[tuple[str, float]] = []
    refusals, faults = [], []
    for _ in range(steps):
        turn = session.step(moment)
        values += [(name, float(value)) for name, value in turn.values]
        refusals.append(len(turn.refusals))
        faults.append(len(turn.faults))
        moment = replace(moment, step=moment.step + 1, images=moment.images + turn.images)
    weights = {
        f"{network}/{name}": value.clone()
        for network, tensors in weights_of(session.step).items()
        for name, value in tensors.items()
    }
    return {"weights": weights, "values": values, "refusals": refusals, "faults": faults}


def farthest(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> float:
    assert one.keys() == other.keys()
    return max(float((one[name] - other[name]).abs().max()) for name in one)


def assert_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    """To rounding: weights, every number of every step, and what was refused."""
    assert farthest(one["weights"], other["weights"]) < 1e-8
    assert [name for name, _ in one["values"]] == [name for name, _ in other["values"]]
    assert max(abs(a - b) for (_, a), (_, b) in zip(one["values"], other["values"], strict=True)) < 1e-8
    assert one["refusals"] == other["refusals"]


@pytest.mark.parametrize(
    ("balance", "loss"),
    [
        (GATED, None),
        (("r1r2", "top-k:decay=0.1"), "relativistic"),
        (("dragan", "label-flip", "lecam"), None),
        (("instance-noise",), "relativistic-average"),
    ],
    ids=["r1 and a gate", "pairs and top-k", "means of the whole batch", "averages of the whole batch"],
)
def test_two_processes_do_what_one_does(
    tmp_path: Path, in_float64: None, balance: Sequence[str], loss: str | None
) -> None:
    alone = trained(session_of(balance, loss=loss))
    both = in_processes(2, tmp_path / "two", lambda ranks: trained(session_of(balance, ranks=ranks, loss=loss)))
    assert_same(alone, both[0])
    assert farthest(both[0]["weights"], both[1]["weights"]) == 0.0, "the two have the same bits"
    assert both[0]["values"] == both[1]["values"]
    if balance == GATED:
        assert 0 < sum(alone["refusals"]) < 20, "the gate was asked, and did not always say the same"


@pytest.mark.parametrize("strategy", ["extragradient", "consensus:gamma=0.1", "unrolled:steps=2"])
def test_a_turn_that_a_strategy_plays_is_the_same_in_two_processes(
    tmp_path: Path, in_float64: None, strategy: str
) -> None:
    alone = trained(session_of([strategy]), steps=4)
    both = in_processes(2, tmp_path / "two", lambda ranks: trained(session_of([strategy], ranks=ranks), steps=4))
    assert_same(alone, both[0])
    assert farthest(both[0]["weights"], both[1]["weights"]) == 0.0


def test_a_number_that_is_none_in_one_process_is_skipped_by_both(tmp_path: Path, in_float64: None) -> None:
    def broken(ranks: Ranks) -> dict[str, Any]:
        return trained(session_of(["r1"], ranks=ranks), steps=6, nan_at=3 * 16 + 12)  # the second one's, in step 3

    first, second = in_processes(2, tmp_path / "two", broken)
    assert first["faults"] == second["faults"]
    assert first["faults"][3] == 1
    assert sum(first["faults"]) == 1
    assert farthest(first["weights"], second["weights"]) == 0.0
    assert all(value.isfinite().all() for value in first["weights"].values())


def test_a_loss_that_is_infinite_in_one_process_is_skipped_by_both(tmp_path: Path, in_float64: None) -> None:
    """Its gradients are finite in both, so that only the number says it."""

    def infinite(ranks: Ranks) -> dict[str, Any]:
        def value(given: TermInput) -> Tensor:
            here = ranks.rank == 1 and given.moment.step == 3
            return given.fake.judgement.logits + (torch.inf if here else 0.0)

        session = session_of([], ranks=ranks)
        session.step.balance.terms += (Term(name="shift", role=Role.DISCRIMINATOR, value=value),)
        return trained(session, steps=6)

    first, second = in_processes(2, tmp_path / "two", infinite)
    assert first["faults"] == second["faults"] == [0, 0, 0, 1, 0, 0]
    assert farthest(first["weights"], second["weights"]) == 0.0


def test_buffers_of_batch_norm_are_the_mean_of_what_each_gathered(tmp_path: Path, photos: Path) -> None:
    def statistics(ranks: Ranks) -> list[Tensor]:
        settings = ["data.image_size=16", "training.batch_size=8", "training.precision=fp32"]
        request = Request(recipe="dcgan", preset="try", data=str(photos), settings=settings)
        config = compose(request, catalogue())
        config = config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})
        session = build_session(config, catalogue(), ranks)
        assert any("BatchNorm normalises over 4 of a batch's 8" in note for note in session.notes)
        session.step(Moment(0, 0, 8, 40))
        return [*session.step.generator.statistics(), *session.step.discriminator.statistics()]

    def own_and_shared(ranks: Ranks) -> tuple[list[Tensor], list[Tensor]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ranks, "average", lambda _: None)
            own = statistics(ranks)
        return own, statistics(ranks)

    (own, shared), (others, shared_too) = in_processes(2, tmp_path / "two", own_and_shared)
    assert shared
    assert all(map(torch.equal, shared, shared_too))
    for mine, its, of_both in zip(own, others, shared, strict=True):
        assert not torch.equal(mine, its), "they saw other images"
        torch.testing.assert_close(of_both, (mine + its) / 2)


@pytest.mark.parametrize(
    ("balance", "loss", "microbatch"),
    [
        (GATED, None, "4"),
        (GATED, None, "5"),
        (("r1r2", "top-k:decay=0.1"), "relativistic", "4"),
        (("instance-noise", "label-flip"), None, "{discriminator=3}"),
        ((), "relativistic-average", "{generator=4}"),
    ],
    ids=["a gate", "parts that do not divide it", "pairs and top-k", "in D's turn", "in G's turn"],
)
def test_a_batch_in_parts_is_the_batch(
    in_float64: None, balance: Sequence[str], loss: str | None, microbatch: str
) -> None:
    whole = trained(session_of(balance, loss=loss))
    in_parts = trained(session_of(balance, f"training.microbatch={microbatch}", loss=loss))
    assert_same(whole, in_parts)


def test_what_d_sees_of_a_part_is_what_it_saw_before_anyone_observed(in_float64: None, photos: Path) -> None:
    """`ada` changes its probability when it is told D's signs; D's second look must still be at the same images."""

    def few(microbatch: str) -> dict[str, Any]:
        settings = ["data.image_size=16", "training.batch_size=8", "training.precision=fp32", "discriminator.norm=none"]
        request = Request(
            recipe="dcgan",
            preset="try",
            data=str(photos),
            balance=["ada:kimg=0.05,every=1,target=-0.9,pipe=c"],
            settings=[*settings, f"training.microbatch={microbatch}"],
        )
        config = compose(request, catalogue())
        config = config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})
        return trained(build_session(config, catalogue()), steps=5)

    assert_same(few("{}"), few("{discriminator=2}"))


def test_parts_in_two_processes_are_the_batch(tmp_path: Path, in_float64: None) -> None:
    whole = trained(session_of(GATED))
    split = "training.microbatch=4"
    both = in_processes(2, tmp_path / "two", lambda ranks: trained(session_of(GATED, split, ranks=ranks)))
    assert_same(whole, both[0])


def test_no_more_than_a_part_is_judged_with_a_graph(in_float64: None) -> None:
    session = session_of(["r1"], "training.microbatch=4")
    seen: set[int] = set()

    def look(_: object, inputs: tuple[Tensor, ...], __: object) -> None:
        if torch.is_grad_enabled():
            seen.add(len(inputs[0]))

    for player in (session.step.generator, session.step.discriminator):
        player.network.register_forward_hook(look)
    trained(session, steps=2)
    assert seen == {4}


def test_a_term_of_the_whole_batchs_mean_is_refused_in_parts(in_float64: None) -> None:
    session = session_of(["lecam"], "training.microbatch=4")
    with pytest.raises(UsageError, match="`lecam` is a formula of the whole batch's mean"):
        trained(session, steps=1)


@pytest.mark.parametrize("strategy", ["replay", "extragradient"])
def test_a_strategy_that_needs_the_whole_batch_is_refused_in_parts(strategy: str) -> None:
    with pytest.raises(UsageError, match=f"`{strategy}` .* does not go with training.microbatch"):
        session_of([strategy], "training.microbatch=4")


@pytest.mark.parametrize("strategy", ["consensus", "unrolled"])
def test_a_loss_of_the_whole_batch_is_refused_where_several_processes_play_whole_turns(strategy: str) -> None:
    with pytest.raises(UsageError, match=f"`{strategy}` plays whole turns, and .* would lack second derivatives"):
        session_of([strategy], "training.batch_size=18", ranks=Three(), loss="relativistic-average")
    session_of([strategy], loss="relativistic-average")
    session_of([strategy], "training.batch_size=18", ranks=Three(), loss="relativistic")


@pytest.mark.parametrize(
    ("settings", "ranks"),
    [(["training.microbatch=1"], 1), (["training.microbatch=5"], 1), (["training.batch_size=3"], 3)],
    ids=["each part", "the last part", "each process"],
)
def test_batch_norm_of_one_image_is_refused(settings: list[str], ranks: int) -> None:
    several = Three() if ranks == 3 else ALONE
    with pytest.raises(UsageError, match="the generator's BatchNorm would see one image at a time"):
        session_of([], "generator.norm=batch", *settings, ranks=several)
    session_of([], *settings, ranks=several)


class Three(Alone):
    """One of three processes, as far as the shares go."""

    count = 3


def test_a_batch_that_cannot_be_shared_equally_is_refused() -> None:
    with pytest.raises(UsageError, match="16 images cannot be shared equally by 3 processes") as refused:
        session_of([], ranks=Three())
    assert refused.value.hint == "the nearest is --batch-size 15"


@given(batch=st.integers(1, 12), of=st.integers(1, 4), size=st.integers(1, 50) | st.none())
def test_parts_are_all_images_once_in_order(batch: int, of: int, size: int | None) -> None:
    ranks = [type("Rank", (Alone,), {"rank": rank, "count": of})() for rank in range(of)]
    parts = [part for one in ranks for part in one.share(batch * of).cut(size)]
    assert [row for part in parts for row in range(batch * of)[part.rows]] == list(range(batch * of))
    everyones = torch.arange(float(batch * of))
    for part in parts:
        assert torch.equal(part.among(everyones, everyones[part.rows]), everyones)


def test_a_part_takes_its_rows_of_a_share() -> None:
    share, part = Part(8, 8, 24), Part(12, 2, 24)
    batch = Batch(torch.arange(8.0)[:, None, None, None], torch.arange(8), None)
    assert part.from_(batch, share).images.flatten().tolist() == [4.0, 5.0]
    assert share.from_(batch, share) is batch


Maker = Callable[..., Session]


def test_roles_have_microbatches_of_their_own(in_float64: None) -> None:
    assert session_of([], "training.microbatch=4").step.microbatch == {Role.GENERATOR: 4, Role.DISCRIMINATOR: 4}
    assert session_of([], "training.microbatch.generator=4").step.microbatch == {Role.GENERATOR: 4}
    assert session_of([], "training.microbatch=16").step.microbatch == {}, "a batch that fits is not split"
