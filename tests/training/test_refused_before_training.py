"""What cannot work is said before the first step, with the reason and the way out."""

from __future__ import annotations

import pytest
from conftest import SessionMaker

from ganzoo.errors import UsageError


@pytest.mark.parametrize("loss", ["relativistic", "relativistic-average", "wasserstein"])
@pytest.mark.parametrize("strategy", ["ada", "loss-control"])
def test_what_takes_one_side_by_itself_is_refused_where_the_loss_only_compares_the_two(
    make_session: SessionMaker, strategy: str, loss: str
) -> None:
    with pytest.raises(UsageError, match=f"`{strategy}` takes .* the loss `{loss}` only compares reals with fakes"):
        make_session(f"loss.kind={loss}", balance=[strategy])


def test_what_changes_targets_is_refused_where_the_loss_has_none(make_session: SessionMaker) -> None:
    with pytest.raises(UsageError, match="`label-flip` changes label targets, and the loss `hinge` has none"):
        make_session("loss.kind=hinge", balance=["label-flip"])
