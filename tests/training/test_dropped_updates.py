"""What a forward of G that is not finite leaves behind: nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from test_step import Infinite, Refuses, equal, weights
from torch import nn

from ganzoo.contracts import BalancingStrategy, Moment, Plan, Role
from ganzoo.training.session import Session

SessionMaker = Callable[..., Session]


class Planned(BalancingStrategy):
    """So many updates of D and G."""

    def __init__(self, discriminator: int, generator: int) -> None:
        self.planned = Plan(discriminator, generator)

    def plan(self, moment: Moment) -> Plan:
        return self.planned


def buffers(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: buffer.clone() for name, buffer in network.named_buffers()}


def overflow(network: nn.Module) -> None:
    """Let the network's activations be infinite, in weights that are not."""
    with torch.no_grad():
        next(network.parameters()).fill_(torch.finfo(torch.float32).max)


@pytest.mark.parametrize(("d", "g"), [(1, 1), (2, 1), (0, 1), (1, 2), (1, 0)])
@pytest.mark.parametrize("setting", ["reuse_fakes=true", "reuse_fakes=false", "microbatch=4"])
def test_activations_that_overflow_leave_the_generators_buffers_as_they_were(
    make_session: SessionMaker, start: Moment, d: int, g: int, setting: str
) -> None:
    session = make_session(f"training.{setting}", strategies={"planned": Planned(d, g)})
    network = session.step.generator.network
    overflow(network)
    before = weights(network)
    turn = session.step(start)
    assert [fault.role for fault in turn.faults] == [Role.DISCRIMINATOR] * d + [Role.GENERATOR] * g
    assert before, "BatchNorm has statistics"
    assert all(buffer.isfinite().all() for buffer in network.buffers())
    assert equal(before, weights(network)), "weights or BatchNorm's buffers moved"


@pytest.mark.parametrize("setting", ["reuse_fakes=true", "reuse_fakes=false", "microbatch=4"])
def test_a_discriminator_that_is_refused_fakes_that_overflow_leaves_no_trace_of_them_either(
    make_session: SessionMaker, start: Moment, setting: str
) -> None:
    session = make_session(f"training.{setting}", strategies={"no": Refuses(Role.DISCRIMINATOR)})
    network = session.step.generator.network
    overflow(network)
    before = weights(network)
    turn = session.step(start)
    assert [refusal.role for refusal in turn.refusals] == [Role.DISCRIMINATOR]
    assert [fault.role for fault in turn.faults] == [Role.GENERATOR]
    assert equal(before, weights(network)), "weights or BatchNorm's buffers moved"


def test_one_draw_that_overflows_leaves_no_trace_where_the_next_one_does_not(
    make_session: SessionMaker, start: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session("training.reuse_fakes=false", strategies={})
    network, drawn = session.step.generator.network, []

    def overflows_first(module: nn.Module, given: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        drawn.append(module)
        return (given[0] * torch.inf, *given[1:]) if len(drawn) == 1 else given

    network.register_forward_pre_hook(overflows_first)
    before = weights(network)
    turn = session.step(start)
    assert [fault.role for fault in turn.faults] == [Role.DISCRIMINATOR]
    assert not equal(before, weights(network)), "G has learnt"
    assert all(buffer.isfinite().all() for buffer in network.buffers())


@pytest.mark.parametrize("microbatch", ["{}", "4"])
def test_the_generator_learns_from_fakes_whose_update_of_the_discriminator_was_dropped(
    make_session: SessionMaker, start: Moment, microbatch: str
) -> None:
    """Though its buffers were put back meanwhile, to which the fakes' graph refers."""
    settings = (f"training.microbatch={microbatch}", "training.reuse_fakes=true")
    session = make_session(*settings, strategies={"infinite": Infinite(Role.DISCRIMINATOR)})
    before = [parameter.clone() for parameter in session.step.generator.parameters]
    turn = session.step(start)
    assert [fault.role for fault in turn.faults] == [Role.DISCRIMINATOR]
    assert not any(map(torch.equal, before, session.step.generator.parameters))


def test_a_refused_update_of_the_discriminator_leaves_the_generators_buffers_where_its_fakes_moved_them(
    make_session: SessionMaker, start: Moment
) -> None:
    gated, plain = (make_session(strategies=strategies) for strategies in ({"no": Refuses(Role.DISCRIMINATOR)}, {}))
    for session in (gated, plain):
        session.step(start)
    assert equal(buffers(gated.step.generator.network), buffers(plain.step.generator.network))
