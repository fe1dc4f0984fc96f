"""AUC, its interval, and the points of the curves that the studio's page draws."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config import Config

Scores = NDArray[np.float32]
Point = dict[str, Any]  # of a curve, as the studio writes it

AUC_WINDOW_ROWS = 50_000
CURVE_POINTS = 5000
CURVE_AUCS = 400
LEAST_ROWS_PER_AUC = 10_000
NORMAL_97_5 = 1.959963984540054  # 0.975 quantile of N(0, 1)


@dataclass
class Auc:
    """An area under the ROC curve and the ends of DeLong's 95 % interval, where there are two rows of each class."""

    area: float
    interval: dict[str, float] | None


def auc(scores: Scores, labels: Scores) -> Auc | None:
    """The share of pairs (click, no click) that the scores order rightly, ties half; None where a class is missing.

    The interval is that of DeLong, DeLong and Clarke-Pearson 1988, its components found in one sort (Sun and Xu 2014).
    """
    clicked = labels > 0
    positives = int(clicked.sum())
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0 or np.isnan(scores).any():
        return None
    values, group = np.unique(scores, return_inverse=True)
    positives_at = np.bincount(group[clicked], minlength=len(values))
    negatives_at = np.bincount(group[~clicked], minlength=len(values))
    positives_below = np.cumsum(positives_at) - positives_at
    negatives_below = np.cumsum(negatives_at) - negatives_at
    # Twice the number of rightly ordered pairs: an integer.
    ordered = int((negatives_at * (2 * (positives - positives_below) - positives_at)).sum())
    area = ordered / 2 / (positives * negatives)
    if positives < 2 or negatives < 2:
        return Auc(area, None)
    of_positives = ((negatives_below + negatives_at / 2) / negatives)[group[clicked]]
    of_negatives = ((positives - positives_below - positives_at / 2) / positives)[group[~clicked]]
    variance = of_positives.var(ddof=1) / positives + of_negatives.var(ddof=1) / negatives
    radius = NORMAL_97_5 * math.sqrt(variance)
    return Auc(area, {"low": max(0.0, area - radius), "high": min(1.0, area + radius)})


def interval_of(values: NDArray[np.float64], quantile: float) -> dict[str, float] | None:
    """The mean of values ± quantile standard errors; None with fewer than two."""
    if len(values) < 2 or not np.isfinite(values).all():
        return None
    mean = float(values.mean())
    radius = quantile * float(values.std(ddof=1)) / math.sqrt(len(values))
    return {"low": mean - radius, "high": mean + radius}


def heads(values: list[float]) -> dict[str, Any]:
    """[branches ..., fused] as a point holds them."""
    return {"branches": values[:-1], "fused": values[-1]}


def head_aucs(logits: Scores, labels: Scores) -> tuple[dict[str, Any] | None, dict[str, float] | None]:
    """AUC of each head of logits [rows, heads], and the fused one's interval."""
    found = [auc(column, labels) for column in logits.T]
    areas = [each.area for each in found if each is not None]
    last = found[-1]
    return (heads(areas) if len(areas) == len(found) else None), (last.interval if last else None)


def evaluation_point(config: Config, split: str, logits: Scores, labels: Scores, weights: Scores) -> Point:
    """Log loss, AUC and fusion gain of a whole split."""
    z = logits.astype(np.float64)
    loss = np.maximum(z, 0) - z * labels[:, None] + np.log1p(np.exp(-np.abs(z)))
    means = loss.mean(axis=0).tolist()
    areas, interval = head_aucs(logits, labels)
    gain = float((loss[:, :-1] * weights).sum(axis=1).mean()) - means[-1]
    of_loss = interval_of(loss[:, -1], NORMAL_97_5)
    branches = len(means) - 1
    best = int(np.argmin(means[:-1]))
    # The best branch is chosen on these very rows, so the interval holds for all branches at once (Bonferroni).
    quantile = NormalDist().inv_cdf(1 - 0.025 / branches)
    return {
        "split": split,
        "rows": len(labels),
        "logLoss": heads(means),
        "logLossInterval": of_loss and {**of_loss, "low": max(0.0, of_loss["low"])},
        "bestBranchGapInterval": interval_of(loss[:, best] - loss[:, -1], quantile) if branches > 1 else None,
        "auc": areas,
        "aucInterval": interval,
        "fusionGain": None if config.fusion == "sum" else gain,
    }


@dataclass
class Meter:
    """Averages losses until a point of the progressive curves is full; keeps the rows that its AUC is over."""

    branches: int
    fusion: str
    steps_per_point: int
    rows_per_auc: int
    last: Point | None = None  # position, learning rate and pass of the step taken in last
    auc: dict[str, Any] | None = None
    rows_since_auc: int = 0
    steps: int = 0
    rows: int = 0
    pushed: int = 0
    sums: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    logits: Scores = field(default_factory=lambda: np.empty((0, 0), np.float32))  # [heads, rows]
    labels: Scores = field(default_factory=lambda: np.empty(0, np.float32))

    def __post_init__(self) -> None:
        if len(self.sums) == 0:
            self.sums = np.zeros(2 * self.branches + 5)
        window = np.zeros((self.branches + 2, AUC_WINDOW_ROWS), np.float32)
        held = len(self.labels)
        if held > 0:
            window[:-1, :held], window[-1, :held] = self.logits, self.labels
        self._window = window
        self._take_window()

    def add(self, losses: NDArray[np.float64], logits: Scores, labels: Scores, last: Point) -> Point | None:
        """Takes a step in; gives a point when one is full. losses: as StepReport has them."""
        b = self.branches
        fused, weighted, entropy = losses[:3]
        l2, total = losses[-2:]
        ordered = np.concatenate([[fused, weighted, entropy, l2, total], losses[3 : 3 + 2 * b]])
        self.sums += ordered * len(labels)
        self._push(logits, labels)
        self.last = last
        self.steps += 1
        self.rows += len(labels)
        self.rows_since_auc += len(labels)
        if self.rows_since_auc >= self.rows_per_auc:
            self.rows_since_auc = 0
            self.auc = head_aucs(self.logits.T, self.labels)[0]
        return self.flush() if self.steps >= self.steps_per_point else None

    def flush(self) -> Point | None:
        """The point of the steps since the last one, if there are any."""
        if self.last is None or self.steps == 0:
            return None
        mean = (self.sums / self.rows).tolist()
        fused, weighted, entropy, l2, total = mean[:5]
        b = self.branches
        point = {
            **self.last["position"],
            "rows": self.rows,
            "logLoss": {"branches": mean[5 : 5 + b], "fused": fused},
            "auc": self.auc,
            "distillation": mean[5 + b :],
            "teacherEntropy": entropy,
            "fusionGain": None if self.fusion == "sum" else weighted - fused,
            "l2": l2,
            "total": total,
            "learningRate": self.last["learningRate"],
            "firstPass": self.last["firstPass"],
        }
        self.auc, self.steps, self.rows = None, 0, 0
        self.sums = np.zeros_like(self.sums)
        return point

    def scalars(self) -> dict[str, Any]:
        return {
            "steps": self.steps,
            "rows": self.rows,
            "rowsSinceAuc": self.rows_since_auc,
            "auc": self.auc,
            "last": self.last,
            "pushed": self.pushed,
        }

    def _push(self, logits: Scores, labels: Scores) -> None:
        kept = min(len(labels), AUC_WINDOW_ROWS)
        slots = (self.pushed + len(labels) - kept + np.arange(kept)) % AUC_WINDOW_ROWS
        self._window[:-1, slots] = logits[-kept:].T
        self._window[-1, slots] = labels[-kept:]
        self.pushed += len(labels)
        self._take_window()

    def _take_window(self) -> None:
        held = min(self.pushed, AUC_WINDOW_ROWS)
        self.logits, self.labels = self._window[:-1, :held], self._window[-1, :held]


def start_meter(config: Config, train_rows: int, **state: Any) -> Meter:
    """A meter for a whole run, empty or where another one stood."""
    steps = config.epochs * math.ceil(train_rows / config.batchSize)
    return Meter(
        len(config.branches),
        config.fusion,
        max(1, math.ceil(steps / CURVE_POINTS)),
        max(LEAST_ROWS_PER_AUC, math.ceil(train_rows * config.epochs / CURVE_AUCS)),
        **state,
    )
