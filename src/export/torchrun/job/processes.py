"""The processes of a job: where each computes, and what passes between them (gloo on CPUs, NCCL, HCCL on Ascend)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

COLLECTIVES = {"cuda": "nccl", "npu": "hccl", "cpu": "gloo"}


@dataclass(frozen=True)
class Processes:
    """This process, `rank` of `world`, and its device: cuda, npu or cpu."""

    rank: int
    world: int
    device: torch.device

    @property
    def sum_type(self) -> torch.dtype:
        """What losses are added up in: 64 bits, which NPUs lack."""
        return torch.float32 if self.device.type == "npu" else torch.float64

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files and lines."""
        return self.rank == 0


def start_processes(kind: str | None = None) -> Processes:
    """Joins the processes that torchrun started; without torchrun there is this one alone."""
    for name, value in (
        ("RANK", "0"),
        ("WORLD_SIZE", "1"),
        ("MASTER_ADDR", "localhost"),
        ("MASTER_PORT", "29511"),
    ):
        os.environ.setdefault(name, value)
    with suppress(ImportError):
        import torch_npu  # type: ignore[import-not-found,unused-ignore] # noqa: F401
    npu: Any = getattr(torch, "npu", None)
    if kind is None:
        kind = "cuda" if torch.cuda.is_available() else "npu" if npu and npu.is_available() else "cpu"
    device = torch.device("cpu") if kind == "cpu" else torch.device(kind, int(os.environ.get("LOCAL_RANK", "0")))
    if kind == "cuda":
        torch.cuda.set_device(device)
    elif kind == "npu":
        npu.set_device(device)
    # The first process sorts the scores of an evaluation while the others wait.
    dist.init_process_group(COLLECTIVES[kind], timeout=timedelta(hours=2))
    return Processes(dist.get_rank(), dist.get_world_size(), device)


def say(line: str) -> None:
    """Prints a line for the person who watches; the result alone goes to standard output."""
    print(line, file=sys.stderr, flush=True)


class _Sum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.detach().clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].clone()
        dist.all_reduce(total)
        return total


def sum_over_processes(x: Tensor) -> Tensor:
    """The sum of every process's x. Each uses the sum, so its gradient is the sum of theirs."""
    total: Tensor = _Sum.apply(x)  # type: ignore[no-untyped-call]
    return total


def exchange(x: Tensor, sent: Sequence[int], received: Sequence[int]) -> Tensor:
    """Rows of x to the processes in their order, `sent[p]` to process p; gives the rows that came, likewise."""
    out = x.new_empty((sum(received), *x.shape[1:]))
    dist.all_to_all_single(out, x.contiguous(), list(received), list(sent))
    return out


def share(total: int, rank: int, world: int) -> range:
    """The rows of `total` that are a process's."""
    return range(total * rank // world, total * (rank + 1) // world)


def gather_rows(x: Tensor, rows: list[int], here: Processes) -> list[Tensor] | None:
    """Every process's rows in the first process, in their order, rows[p] from process p; None in the others."""
    sent = [len(x) if p == 0 else 0 for p in range(here.world)]
    received = rows if here.first else [0] * here.world
    out = exchange(x, sent, received)
    return list(out.split(received)) if here.first else None
