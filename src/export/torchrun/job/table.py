"""The embedding table, cut by row over the processes: row r lies in process r mod W, at place r div W.

A wide branch's weights are further columns of the table, since they are looked up by the same ids. A step exchanges
each id of a process's rows once: ids out, rows back, and after the backward pass the rows' gradients out.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from processes import Processes, exchange


@dataclass
class Lookup:
    """Rows of the table that this process asked for, and what brings their gradients back."""

    rows: Tensor  # [unique ids, columns], a leaf whose gradient is wanted
    places: Tensor  # of each id of the batch in `rows`
    asked: list[int]  # rows that came from each process
    given: list[int]  # rows that each process got
    given_places: Tensor  # their places here


class ShardedTable:
    """`rows` x `columns` numbers, of which this process holds every W-th row."""

    def __init__(self, rows: int, columns: int, here: Processes, dtype: torch.dtype) -> None:
        self.rows = rows
        self.here = here
        held = len(range(here.rank, rows, here.world))
        self.values = torch.zeros((held, columns), dtype=dtype, device=here.device)

    def lookup(self, ids: Tensor) -> Lookup:
        """Rows of the ids, which may repeat."""
        world = self.here.world
        unique, inverse = torch.unique(ids, return_inverse=True)
        by_owner = torch.argsort(unique % world, stable=True)
        wanted = unique[by_owner]
        places = torch.empty_like(by_owner)
        places[by_owner] = torch.arange(len(by_owner), device=ids.device)
        counts = torch.bincount(wanted % world, minlength=world)
        asked = counts.tolist()
        given = exchange(counts, [1] * world, [1] * world).tolist()
        given_places = exchange(wanted // world, asked, given)
        rows = exchange(self.values[given_places], given, asked)
        return Lookup(rows, places[inverse], asked, given, given_places)

    def gradient(self, lookup: Lookup) -> tuple[Tensor, Tensor]:
        """Places here that the batch touched, each once, and the sum of all processes' gradients of each."""
        assert lookup.rows.grad is not None
        came = exchange(lookup.rows.grad, lookup.asked, lookup.given)
        touched, which = torch.unique(lookup.given_places, return_inverse=True)
        summed = self.values.new_zeros((len(touched), self.values.shape[1]))
        return touched, summed.index_add_(0, which, came)

    def held_rows(self, first: int, last: int, rank: int | None = None) -> slice:
        """Places of the table's rows first ... last - 1 in a process, in this one where none is named."""
        rank, world = self.here.rank if rank is None else rank, self.here.world
        return slice(-(-(first - rank) // world), -(-(last - rank) // world))
