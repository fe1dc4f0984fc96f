"""A model under training: its initial values, a step, and a forward pass in evaluation mode."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor

from config import Config
from data import Batch
from model import Final, Output, Place, losses, objective
from optimiser import Adam
from processes import Processes, gather_rows, share
from rng import Random
from table import Lookup, ShardedTable

INITIAL_VALUES = 1  # names the stream of numbers that initial values come from
NUMBERS_AT_ONCE = 1 << 22


@dataclass
class StepReport:
    """Of the whole batch, from the forward pass before the update."""

    losses: Tensor  # as model.losses gives them, then L2, then the total
    logits: np.ndarray | None  # [B, heads] in the first process
    labels: np.ndarray | None
    stop: bool  # whether some process was asked to stop


class Learner:
    """One model on all processes: dense weights are the same in each, the table's rows are shared out."""

    def __init__(self, config: Config, fields: int, table_rows: int, here: Processes, dtype: torch.dtype) -> None:
        self.config = config
        self.here = here
        self.dtype = dtype
        self.model = Final(config, fields).to(here.device, dtype)
        self.columns = self.model.table_columns
        self.table = ShardedTable(table_rows, config.embeddingDim + len(self.columns) - 1, here, dtype)
        self.adam = Adam(config, self.model, self.table)

    @torch.no_grad()
    def initialise(self) -> None:
        """The studio's initial values: each tensor has a stream of its own, drawn in the order of its numbers."""
        dense = {name.replace(".", "/"): p for name, p in self.model.named_parameters()}
        for index, name in enumerate(self.model.tensor_names()):
            shape = torch.Size((self.table.rows, 1)) if name not in dense else dense[name].shape
            mean, deviation = initial_distribution(self.config, name, shape)
            random = Random(self.config.seed, INITIAL_VALUES, index)
            if name in dense:
                drawn = mean + deviation * random.normal(shape.numel()) if deviation > 0 else np.full(shape, mean)
                dense[name].copy_(torch.from_numpy(drawn.astype(np.float32).reshape(shape)))
                continue
            column = self.columns[name]
            width = column.stop - column.start
            rows = max(1, NUMBERS_AT_ONCE // width)
            for first in range(0, self.table.rows, rows):
                last = min(first + rows, self.table.rows)
                block = (mean + deviation * random.normal((last - first) * width)).astype(np.float32)
                self.write_rows(self.table.values, column, first, block.reshape(-1, width))

    def write_rows(self, values: Tensor, column: slice, first: int, block: np.ndarray) -> None:
        """Puts those rows of a block that lie here into columns of the table, or of its moments."""
        held = self.table.held_rows(first, first + len(block))
        mine = block[(self.here.rank - first) % self.here.world :: self.here.world]
        values[held, column] = torch.from_numpy(np.array(mine)).to(values)

    def step(self, batch: Batch, learning_rate: float, stop: bool = False) -> StepReport:
        """One forward and backward pass and an update."""
        step = self.adam.step_count + 1
        output, lookup, labels = self._forward(batch, step)
        parts = losses(output, labels, batch.total)
        self.model.zero_grad()
        objective(self.config, parts).backward()  # type: ignore[no-untyped-call]
        touched, gradient = self.table.gradient(lookup)
        extra = torch.stack(
            [self.adam.penalty(touched), torch.tensor(float(stop), device=self.here.device, dtype=self.here.sum_type)]
        )
        summed = torch.cat([parts.detach().to(self.here.sum_type), extra])
        dist.all_reduce(summed)
        self.adam.step(learning_rate, touched, gradient)
        l2, stops = summed[-2], summed[-1]
        total = objective(self.config, summed[:-2]) + l2
        return StepReport(
            torch.cat([summed[:-2], torch.stack([l2, total])]).cpu(),
            *self._gather(output, labels, batch.total),
            bool(stops > 0),
        )

    @torch.no_grad()
    def evaluate(self, batch: Batch) -> tuple[np.ndarray | None, np.ndarray | None, np.ndarray | None]:
        """Logits [B, heads], labels, and fusion weights [B, branches], in the first process."""
        output, _, labels = self._forward(batch, None)
        logits, gathered = self._gather(output, labels, batch.total)
        weights = gather_rows(output.fusion_weights, self._shares(batch.total), self.here)
        return logits, gathered, None if weights is None else torch.cat(weights).float().cpu().numpy()

    def _forward(self, batch: Batch, step: int | None) -> tuple[Output, Lookup, Tensor]:
        ids = torch.from_numpy(batch.ids).to(self.here.device)
        weights = torch.from_numpy(batch.weights).to(self.here.device, self.dtype)
        labels = torch.from_numpy(batch.labels).to(self.here.device, self.dtype)
        lookup = self.table.lookup(ids)
        lookup.rows.requires_grad_(step is not None)
        output = self.model(lookup.rows[lookup.places], weights, Place(batch.first, batch.total, step))
        return output, lookup, labels

    def _shares(self, total: int) -> list[int]:
        return [len(share(total, rank, self.here.world)) for rank in range(self.here.world)]

    def _gather(self, output: Output, labels: Tensor, total: int) -> tuple[np.ndarray | None, np.ndarray | None]:
        columns = [output.branch_logits, output.fused_logits[:, None], labels[:, None]]
        gathered = gather_rows(torch.cat(columns, dim=1).detach(), self._shares(total), self.here)
        if gathered is None:
            return None, None
        rows = torch.cat(gathered).cpu().numpy()
        return rows[:, :-1], rows[:, -1]


def initial_distribution(config: Config, name: str, shape: torch.Size) -> tuple[float, float]:
    """Mean and deviation. mindspore: all N(0, 0.01^2); fuxictr: table N(0, 1e-4^2), weights Xavier normal, biases 0."""
    last = name.rsplit("/", 1)[-1]
    if last in ("gamma", "beta"):
        return (1.0 if last == "gamma" else 0.0), 0.0
    if config.initialization == "mindspore":
        return 0.0, 0.01
    if name == "embedding" or name.endswith("/linear/weight"):
        return 0.0, 1e-4
    if "/gating/" in name:
        return (1.0 if last == "bias" else 0.0), 0.0
    return (0.0, math.sqrt(2 / (shape[0] + shape[1]))) if last == "weight" else (0.0, 0.0)
