"""A run's curves: their columns in a checkpoint, and their lines in loss.log and auc.log as MindSpore writes them."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

from metrics import Point

SPLITS = ("train", "valid", "test")
INTERVALS = ("logLoss", "auc", "bestBranchGap")


def columns_of(kind: str, branches: int) -> list[str]:
    """The columns of the curves in a checkpoint; kind: progress or evaluation."""
    numbers = [f"branch{b}" for b in range(branches)]
    losses = [f"logLoss/{head}" for head in ["fused", *numbers]]
    aucs = [f"auc/{head}" for head in ["fused", *numbers]]
    position = ["step", "epoch", "rowsSeen", "activeSeconds", "time"]
    if kind == "evaluation":
        intervals = [f"{name}/{end}" for name in INTERVALS for end in ("low", "high")]
        return [*position, "split", "rows", *losses, *aucs, *intervals, "fusionGain", "seconds"]
    distillation = [f"distillation/{head}" for head in numbers]
    rest = ["teacherEntropy", "fusionGain", "l2", "total", "learningRate", "firstPass"]
    return [*position, "rows", *losses, *aucs, *distillation, *rest]


def row_of(point: Point, columns: list[str]) -> list[float]:
    """A point as a row of numbers; NaN stands for what it lacks."""
    return [_number(point, *column.split("/")) for column in columns]


def _number(point: Point, name: str, part: str = "") -> float:
    value = point[f"{name}Interval"] if part in ("low", "high") else point[name]
    if part.startswith("branch"):
        branches = value["branches"] if isinstance(value, dict) else value
        value = None if value is None else branches[int(part.removeprefix("branch"))]
    elif part:
        value = None if value is None else value[part]
    if name == "split":
        return SPLITS.index(value)
    return math.nan if value is None else float(value)


def point_of(kind: str, row: dict[str, float], branches: int) -> Point:
    """A row of a checkpoint's curves as a point."""
    numbers = [f"branch{b}" for b in range(branches)]

    def head(name: str) -> dict[str, Any] | None:
        if math.isnan(row.get(f"{name}/fused", math.nan)):
            return None
        return {"branches": [row[f"{name}/{number}"] for number in numbers], "fused": row[f"{name}/fused"]}

    gain = row.get("fusionGain", math.nan)
    whole = ("step", "epoch", "rowsSeen", "rows")
    point: Point = {name: int(row[name]) for name in whole}
    point |= {name: row[name] for name in ("activeSeconds", "time")}
    point |= {
        "logLoss": head("logLoss"),
        "auc": head("auc"),
        "fusionGain": None if math.isnan(gain) else gain,
    }
    if kind == "evaluation":

        def interval(name: str) -> dict[str, float] | None:
            low, high = row.get(f"{name}/low", math.nan), row.get(f"{name}/high", math.nan)
            return None if math.isnan(low) else {"low": low, "high": high}

        return {
            **point,
            **{f"{name}Interval": interval(name) for name in INTERVALS},
            "split": SPLITS[int(row["split"])],
            "seconds": row["seconds"],
        }
    point |= {name: row[name] for name in ("teacherEntropy", "l2", "total", "learningRate")}
    return {
        **point,
        "distillation": [row[f"distillation/{number}"] for number in numbers],
        "firstPass": row["firstPass"] == 1,
    }


def loss_line(point: Point, steps_per_epoch: int) -> str:
    """The step counts within its epoch, as MindSpore's does."""
    step = (point["step"] - 1) % steps_per_epoch + 1
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(point["time"] / 1000))
    return f"{stamp} epoch: {point['epoch']} step: {step}, loss is {point['total']}"


def auc_line(point: Point) -> str:
    area = point["auc"]["fused"] if point["auc"] else "float('nan')"
    return f"{{'result': {{'AUC': {area}, 'eval_time': {point['seconds']}}}}}"


def append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf8") as file:
        file.write(f"{line}\n")
