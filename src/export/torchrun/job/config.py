"""A run's configuration, as the studio writes it into job.json with every default filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Unit:
    """One factorised interaction unit of K = `order` projections."""

    size: int
    order: int
    interaction: str = "cascade"  # cascade, sum or concat
    gate: str = "tanh"
    activation: str = "linear"
    batchNorm: bool = False
    dropout: float = 0.0

    @property
    def projection_width(self) -> int:
        return self.size // self.order if self.interaction == "concat" else self.size

    @property
    def bias_cancels(self) -> bool:
        """Batch norm takes the bias of a plain dense layer away again, so that its gradient is exactly 0."""
        return self.batchNorm and self.order == 1


@dataclass(frozen=True)
class Branch:
    kind: str = "final"  # final, linear, fm or cross
    featureGating: bool = False
    units: tuple[Unit, ...] = ()
    layers: int = 3

    @property
    def wide(self) -> bool:
        """Whether it has a weight for each row of the table."""
        return self.kind in ("linear", "fm")


@dataclass(frozen=True)
class Optimizer:
    learningRate: float
    kind: str = "adam"  # adam or adamw
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    epsilonHat: bool = False
    weightDecay: float = 0.0
    clipNorm: float = 0.0


@dataclass(frozen=True)
class Schedule:
    type: str = "constant"  # constant, plateau, cosine or step
    patience: int = 2
    factor: float = 0.1
    floor: float = 0.0
    every: int = 1


@dataclass(frozen=True)
class Config:
    embeddingDim: int
    branches: tuple[Branch, ...]
    optimizer: Optimizer
    fusion: str = "mean"  # mean, gate or sum
    distillationWeight: float = 1.0
    l2Embedding: float = 0.0
    embeddingDropout: float = 0.0
    initialization: str = "fuxictr"  # fuxictr or mindspore
    integers: str | dict[str, str] = "bucket"
    batchSize: int = 4096
    epochs: int = 1
    seed: int = 2020
    updates: str = "dense"  # dense or lazy
    schedule: Schedule = field(default_factory=Schedule)
    warmupSteps: int = 0
    early_stopping: int | None = None  # epochs of patience

    @property
    def keeps_best(self) -> bool:
        """Whether the best weights are kept and put back at the end."""
        return self.schedule.type == "plateau" or self.early_stopping is not None

    @property
    def heads(self) -> int:
        """Each branch's logit, then the fused one."""
        return len(self.branches) + 1


def parse_config(values: dict[str, Any]) -> Config:
    """The configuration of a job or of a checkpoint. Raises TypeError for a field that is not known here."""
    rest = {key: value for key, value in values.items() if key not in ("fields", "vocabSize", "earlyStopping")}
    stopping = values.get("earlyStopping")
    rest["branches"] = tuple(
        Branch(**{**branch, "units": tuple(Unit(**unit) for unit in branch.get("units", []))})
        for branch in values["branches"]
    )
    rest["optimizer"] = Optimizer(**values["optimizer"])
    rest["schedule"] = Schedule(**values.get("schedule", {}))
    return Config(**rest, early_stopping=stopping["patience"] if stopping else None)
