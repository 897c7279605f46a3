"""Several processes, by plain `torch.distributed`: under `torchrun`, or started by `ganzoo run --processes N`.

No wrapper around the networks: penalties differentiate twice, gates leave updates out, and a strategy may play a whole
turn, all of which a wrapper that hooks into the backward has to be talked out of.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from ganzoo.errors import UsageError
from ganzoo.training.launching import MEETING, keep_to_own_cores
from ganzoo.training.ranks import ALONE, LostProcess, Ranks

T = TypeVar("T")

PATIENCE = timedelta(minutes=30)
"""How long a process waits for one that is alive and silent: rank 0 may be scoring. A death is noticed at once."""


@contextmanager
def joined() -> Iterator[Ranks]:
    """The processes of this run, as the environment names them; one process where it names none.

    `RANK`, `WORLD_SIZE`, `LOCAL_RANK`, `MASTER_ADDR` and `MASTER_PORT` as `torchrun` sets them. A process group that
    the caller has made already is used, and left as it is.

    Raises:
        UsageError: the environment says that there are several, and not how they find one another.
    """
    if not dist.is_available() or (not dist.is_initialized() and int(os.environ.get("WORLD_SIZE", "1")) == 1):
        yield ALONE
        return
    if dist.is_initialized():
        yield Together() if dist.get_world_size() > 1 else ALONE
        return
    meeting = os.environ.get(MEETING)
    _check_environment(("RANK",) if meeting else ("RANK", "MASTER_ADDR", "MASTER_PORT"))
    cuda = torch.cuda.is_available()
    if cuda:  # not run where this was written, which has no GPU
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    if meeting:
        keep_to_own_cores()
    with _reaching():
        dist.init_process_group(
            # Numbers of the host (decisions, pictures) go by gloo: they wait for no GPU.
            backend="cpu:gloo,cuda:nccl" if cuda else "gloo",
            init_method=f"file://{meeting}" if meeting else "env://",
            rank=int(os.environ["RANK"]),
            world_size=int(os.environ["WORLD_SIZE"]),
            timeout=PATIENCE,
        )
    yield Together()
    dist.destroy_process_group()  # not after an error: a peer that is gone would be waited for


def _check_environment(needed: Sequence[str]) -> None:
    if missing := [name for name in needed if not os.environ.get(name)]:
        raise UsageError(
            f"WORLD_SIZE says that {os.environ['WORLD_SIZE']} processes train together; not set: {', '.join(missing)}",
            hint="start them with torchrun or --processes, which set them; for one process, unset WORLD_SIZE",
        )


class Together(Ranks):
    """This process and the others of the default process group."""

    def __init__(self) -> None:
        self.rank, self.count = dist.get_rank(), dist.get_world_size()
        self._parent = os.getppid() if MEETING in os.environ else None

    def gathered(self, own: Sequence[Tensor]) -> list[Tensor]:
        """One all-gather; parts are of one shape."""
        flat = torch.cat([tensor.detach().reshape(-1) for tensor in own])
        everyones = [torch.empty_like(flat) for _ in range(self.count)]
        with _reaching():
            dist.all_gather(everyones, flat)
        by_rank = [torch.split(everyone, [tensor.numel() for tensor in own]) for everyone in everyones]
        return [
            torch.cat([part.view(tensor.shape) for part in parts])
            for tensor, parts in zip(own, zip(*by_rank, strict=True), strict=True)
        ]

    def mean(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """One all-reduce of everything, flattened: a network's gradients in one message."""
        rows = [_in_memory_order(tensor) for tensor in tensors]
        flat = torch.cat([row.reshape(-1) for row in rows])
        flat = _Mean.apply(flat) if flat.requires_grad else _mean(flat)
        parts = flat.split([tensor.numel() for tensor in tensors])
        means = [part.view(row.shape).to(row.dtype) for part, row in zip(parts, rows, strict=True)]
        return [
            mean if row is tensor else mean.permute(0, 3, 1, 2)
            for mean, row, tensor in zip(means, rows, tensors, strict=True)
        ]

    @torch.no_grad()
    def average(self, tensors: Sequence[Tensor]) -> None:
        """One all-reduce."""
        if tensors:
            for tensor, mean in zip(tensors, self.mean(tensors), strict=True):
                tensor.copy_(mean)

    def told(self, value: T) -> T:
        """A pickle from rank 0: these processes run the same code and trust one another."""
        boxed: list[Any] = [value]
        with _reaching():
            dist.broadcast_object_list(boxed)
        return boxed[0]  # type: ignore[no-any-return]  # rank 0's value, of the same type

    def everyones(self, value: T) -> list[T]:
        """Likewise, from each."""
        boxed: list[Any] = [None] * self.count
        with _reaching():
            dist.all_gather_object(boxed, value)
        return boxed

    def collected(self, value: T) -> list[T]:
        """Likewise, to rank 0 alone."""
        boxed: list[Any] | None = [None] * self.count if self.leads else None
        with _reaching():
            dist.gather_object(value, boxed)
        return boxed or []

    def largest(self, numbers: Sequence[int]) -> list[int]:
        """One small all-reduce between CPUs."""
        tensor = torch.tensor(numbers)
        with _reaching():
            dist.all_reduce(tensor, dist.ReduceOp.MAX)
        return [int(number) for number in tensor]

    @property
    def is_orphan(self) -> bool:
        """Only of `--processes`: a scheduler ends what it started."""
        return self._parent is not None and os.getppid() != self._parent

    @contextmanager
    def one_first(self) -> Iterator[None]:
        """One barrier: the others wait at it before they begin, the first process of each machine comes when done."""
        first = int(os.environ.get("LOCAL_RANK", str(self.rank))) == 0
        if not first:
            self.largest([0])
        try:
            yield
        finally:
            if first:
                self.largest([0])

    def all_or_none(self, call: Callable[[], T]) -> T:
        """Each says whether it failed, and where one did, none goes on."""
        failure: Exception | None = None
        try:
            answer = call()
        except LostProcess:
            raise
        except Exception as error:  # noqa: BLE001 - raised again below, once the others know
            failure = error
        failed = [rank for rank, did in enumerate(self.everyones(failure is not None)) if did]
        if failure is not None and (self.leads or 0 not in failed):
            raise failure
        if failed:
            raise LostProcess(f"process {failed[0]} of {self.count} could not begin; it says why")
        return answer


class _Mean(torch.autograd.Function):
    """Mean over the ranks. Its own adjoint: the gradient of a mean over ranks of losses is the mean of gradients."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor) -> Tensor:  # noqa: ARG004 - Any: torch's context, of which nothing is needed
        return _mean(tensor.detach().clone())

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:  # noqa: ARG004 - as above
        return _Mean.apply(gradients[0].contiguous())  # type: ignore[no-any-return]  # torch's


def _in_memory_order(tensor: Tensor) -> Tensor:
    """The same numbers as they lie in memory: flattening channels-last gradients row by row would copy them twice."""
    if tensor.dim() == 4 and not tensor.is_contiguous() and tensor.is_contiguous(memory_format=torch.channels_last):
        return tensor.permute(0, 2, 3, 1)
    return tensor


def _mean(tensor: Tensor) -> Tensor:
    """In place; the same bits on every rank."""
    with _reaching():
        dist.all_reduce(tensor)
    return tensor.div_(dist.get_world_size())


@contextmanager
def _reaching() -> Iterator[None]:
    """What torch raises where another process is gone, in our words."""
    try:
        yield
    except (RuntimeError, ValueError) as error:  # gloo's are plain RuntimeErrors, NCCL's a subclass
        reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise LostProcess(f"another process of this run is gone: {reason}") from error
