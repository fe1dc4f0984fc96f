"""Adam and AdamW on the table and on the dense weights, clipping, and the learning rate over steps and epochs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor

from config import Config
from model import Final
from table import ShardedTable

CLIP_EPSILON = 1e-6
LEAST_IMPROVEMENT = 1e-6  # of AUC, and the lowest learning rate: FuxiCTR's
LEAST_LEARNING_RATE = 1e-6


class Adam:
    """Kingma and Ba's Adam, or with epsilonHat MindSpore's and TensorFlow's form, with Loshchilov and Hutter's decay.

    dense: every row of the table moves at every step. lazy: rows of the batch alone, and their moments.
    """

    def __init__(self, config: Config, model: Final, table: ShardedTable) -> None:
        self.config = config
        self.model = model
        self.table = table
        self.step_count = 0
        self.table_moments = (torch.zeros_like(table.values), torch.zeros_like(table.values))
        self.moments = {name: (torch.zeros_like(p), torch.zeros_like(p)) for name, p in model.named_parameters()}
        self._powers = (1.0, 1.0)  # of beta1 and beta2
        self._powers_step = 0

    def penalty(self, touched: Tensor) -> Tensor:
        """Half the l2Embedding times the squares of the table's rows here, or with lazy updates of those touched."""
        values = self.table.values if self.config.updates == "dense" else self.table.values[touched]
        return values.square().sum(dtype=self.table.here.sum_type) * (self.config.l2Embedding / 2)

    @torch.no_grad()
    def step(self, learning_rate: float, touched: Tensor, gradient: Tensor) -> None:
        """touched, gradient: of the table's rows here, without L2. The model's gradients are this process's part."""
        self.step_count += 1
        dense = self._sum_dense_gradients()
        l2 = self.config.l2Embedding
        values = self.table.values
        if self.config.updates == "dense":
            rows: slice | Tensor = slice(None)
            whole = values * l2
            whole.index_add_(0, touched, gradient)
        else:
            rows = touched
            whole = gradient + values[touched] * l2
        self._clip([whole], [g for g in dense.values()])
        rate, second_scale = self._factors(learning_rate)
        first, second = (moment[rows] for moment in self.table_moments)
        moved = values[rows]
        self._update(moved, whole, first, second, rate, second_scale)
        if isinstance(rows, Tensor):  # these were copies
            values[rows], self.table_moments[0][rows], self.table_moments[1][rows] = moved, first, second
        decay = learning_rate * self.config.optimizer.weightDecay if self.config.optimizer.kind == "adamw" else 0
        for name, p in self.model.named_parameters():
            if decay > 0 and name.endswith(".weight"):  # not biases, nor batch norm, nor the table
                p.mul_(1 - decay)
            self._update(p, dense[name], *self.moments[name], rate, second_scale)

    def _sum_dense_gradients(self) -> dict[str, Tensor]:
        """Gradients of the dense weights over all processes, in one message."""
        named = list(self.model.named_parameters())
        parts = [(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for _, p in named]
        together = torch.cat(parts)
        dist.all_reduce(together)
        pieces = together.split([p.numel() for _, p in named])
        return {name: piece.view_as(p) for (name, p), piece in zip(named, pieces, strict=True)}

    def _clip(self, sharded: list[Tensor], dense: list[Tensor]) -> None:
        """Brings the norm of all gradients together down to clipNorm (Pascanu et al. 2013)."""
        limit = self.config.optimizer.clipNorm
        if limit == 0:
            return
        squares = torch.stack([g.square().sum() for g in sharded]).sum()
        dist.all_reduce(squares)
        norm = math.sqrt(float(squares) + sum(float(g.square().sum()) for g in dense))
        scale = min(1.0, limit / (norm + CLIP_EPSILON))
        for g in sharded + dense:
            g.mul_(scale)

    def _factors(self, learning_rate: float) -> tuple[float, float]:
        """The update is rate * m / (sqrt(v * second_scale) + epsilon)."""
        o = self.config.optimizer
        if self._powers_step > self.step_count:
            self._powers, self._powers_step = (1.0, 1.0), 0
        for _ in range(self.step_count - self._powers_step):
            self._powers = (self._powers[0] * o.beta1, self._powers[1] * o.beta2)
        self._powers_step = self.step_count
        power1, power2 = self._powers
        rate = learning_rate / (1 - power1)
        return (rate * math.sqrt(1 - power2), 1.0) if o.epsilonHat else (rate, 1 / (1 - power2))

    def _update(self, p: Tensor, g: Tensor, m: Tensor, v: Tensor, rate: float, second_scale: float) -> None:
        o = self.config.optimizer
        m.mul_(o.beta1).add_(g, alpha=1 - o.beta1)
        v.mul_(o.beta2).addcmul_(g, g, value=1 - o.beta2)
        p.addcdiv_(m, (v * second_scale).sqrt_().add_(o.epsilon), value=-rate)


@dataclass
class ScheduleState:
    learning_rate: float
    best_auc: float | None = None
    stale_epochs: int = 0


def after_epoch(config: Config, state: ScheduleState, auc: float) -> tuple[bool, bool]:
    """Moves the state by an epoch's AUC; gives whether it improved and whether the run stops.

    plateau (FuxiCTR): the rate times `factor` after an epoch without improvement, the end after `patience` in a row.
    Early stopping ends other schedules likewise and leaves the rate alone.
    """
    schedule = config.schedule
    plateau = schedule.type == "plateau"
    improved = state.best_auc is None or auc >= state.best_auc + LEAST_IMPROVEMENT
    if improved:
        state.best_auc = auc
    patience = schedule.patience if plateau else config.early_stopping
    if improved or patience is None:
        state.stale_epochs = 0
        return improved, False
    state.stale_epochs += 1
    if plateau:
        state.learning_rate = max(state.learning_rate * schedule.factor, LEAST_LEARNING_RATE)
    return improved, state.stale_epochs >= patience


def rate_factor(config: Config, step: int, total_steps: int, epoch: int) -> float:
    """What the learning rate is multiplied by after `step` steps: warm-up in a line, then cosine or step schedule."""
    schedule, warmup = config.schedule, config.warmupSteps
    if step < warmup:
        return (step + 1) / warmup
    if schedule.type == "cosine":
        share = min(1.0, (step - warmup) / max(1, total_steps - warmup))
        return schedule.floor + (1 - schedule.floor) * (1 + math.cos(math.pi * share)) / 2
    return float(schedule.factor ** ((epoch - 1) // schedule.every)) if schedule.type == "step" else 1.0
