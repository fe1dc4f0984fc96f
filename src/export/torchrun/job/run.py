"""A run: epochs of steps, evaluations, the schedule's decisions, curves, logs and checkpoints."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist

from checkpoint import (
    Best,
    CheckpointFile,
    compact,
    entries_of,
    now,
    put_best,
    saved_checkpoints,
    take_best,
    write_checkpoint,
)
from config import parse_config
from curves import append, auc_line, columns_of, loss_line, point_of
from data import Batch, Dataset
from learner import Learner
from metrics import Point, evaluation_point, start_meter
from optimiser import ScheduleState, after_epoch, rate_factor
from processes import Processes, say

REPORT_SECONDS = 2.0


class Run:
    """What job.json describes, new or where a checkpoint stands. Raises ValueError where something does not fit."""

    def __init__(
        self,
        job: dict[str, Any],
        dataset: Dataset,
        here: Processes,
        folder: Path,
        *,
        resume: CheckpointFile | None = None,
        epochs: int | None = None,
        save_every: int = 0,
        keep: int = 5,
        evaluate: bool = True,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        source = resume.metadata if resume else job
        self.raw_config = {**source["config"], "epochs": epochs or source["config"]["epochs"]}
        self.config = config = parse_config(self.raw_config)
        self.about = source["run"]
        self.card = source["dataset"]
        self.dataset = dataset
        self.here = here
        self.folder = folder
        self.evaluates = evaluate
        rows = dataset.table_rows(config.integers)
        if rows != self.card["tableRows"]:
            raise ValueError(f"the data set needs a table of {rows} rows, the job has {self.card['tableRows']}")
        self.learner = Learner(config, dataset.fields, rows, here, dtype)
        train_rows = dataset.rows("train")
        self.steps_per_epoch = math.ceil(train_rows / config.batchSize)
        self.total_steps = config.epochs * self.steps_per_epoch
        self.save_every = save_every or self.steps_per_epoch
        self.keep = max(1, keep)
        self.best: Best | None = None
        self.history: dict[str, list[Point]] = {"progress": [], "evaluations": []}
        self.progress: dict[str, Any] = {
            "epoch": 1,
            "batchInEpoch": 0,
            "step": 0,
            "rowsSeen": 0,
            "activeSeconds": 0.0,
            "best": None,
            "evaluatedStep": 0,
            "interruptions": [],
            "ended": None,
        }
        self.schedule = ScheduleState(config.optimizer.learningRate)
        self.meter = start_meter(config, train_rows)
        if resume:
            self._resume(resume)
        else:
            self.learner.initialise()
        if here.first:
            folder.mkdir(parents=True, exist_ok=True)
            # A killed job may have logged steps that were not saved: they are done again.
            self._write_logs()
        self.stop_asked = False
        self.timed_rows, self.timed_seconds = 0, 0.0

    def train(self) -> dict[str, Any]:
        """Trains to the end, or until `stop_asked`; gives the result of the last evaluation, or of the best one."""
        p = self.progress
        while p["epoch"] <= self.config.epochs and p["ended"] is None:
            if not self._train_epoch():
                p["ended"] = "stopped"
                break
            self._log_point(self.meter.flush())
            self._end_epoch(self._evaluate() if self.evaluates else [])
        p["ended"] = p["ended"] or "completed"
        if self.best is not None and p["ended"] != "stopped":
            put_best(self.learner, self.best)
        self.save()
        return self._result()

    def _train_epoch(self) -> bool:
        """False when the run was asked to stop."""
        p, config = self.progress, self.config
        batches = self.dataset.batches(
            "train",
            config.batchSize,
            config.integers,
            shuffle=(config.seed, p["epoch"]),
            skip=p["batchInEpoch"],
            rank=self.here.rank,
            world=self.here.world,
        )
        clock = reported = time.perf_counter()
        for batch in batches:
            every = self.about["evaluateEverySteps"]
            if self.evaluates and every > 0 and p["step"] % every == 0 and p["step"] > p["evaluatedStep"]:
                self._log_point(self.meter.flush())
                self._keep(self._evaluate())
                clock = time.perf_counter()
            stop = self._train_step(batch)
            passed = time.perf_counter() - clock
            clock += passed
            p["activeSeconds"] += passed
            if p["step"] > 1:  # the first one compiles
                self.timed_rows, self.timed_seconds = (
                    self.timed_rows + batch.total,
                    self.timed_seconds + passed,
                )
            if clock - reported > REPORT_SECONDS:
                reported = clock
                self._say_progress()
            if p["step"] % self.save_every == 0:
                self.save()
                clock = time.perf_counter()
            if stop:
                return False
        return True

    def _train_step(self, batch: Batch) -> bool:
        """True when some process was asked to stop."""
        p, config = self.progress, self.config
        factor = rate_factor(config, p["step"], self.total_steps, p["epoch"])
        rate = self.schedule.learning_rate * factor
        report = self.learner.step(batch, rate, self.stop_asked)
        losses = report.losses.numpy()
        if not math.isfinite(losses[-1]):
            raise ValueError(
                f"the loss is no longer finite at step {p['step'] + 1}: choose a lower learning rate, or clip gradients"
            )
        p["step"] += 1
        p["batchInEpoch"] += 1
        p["rowsSeen"] += batch.total
        if report.logits is not None and report.labels is not None:
            context = {"position": self._position(), "learningRate": rate, "firstPass": p["epoch"] == 1}
            logits, labels = report.logits.astype(np.float32), report.labels.astype(np.float32)
            self._log_point(self.meter.add(losses, logits, labels, context))
        return report.stop

    def _evaluate(self) -> list[Point]:
        """One pass over each split that has rows; every process gets the points."""
        points: list[Point] = []
        for split in ("valid", "test"):
            if self.dataset.rows(split) == 0:
                continue
            began = time.perf_counter()
            batches = self.dataset.batches(
                split, self.config.batchSize, self.config.integers, rank=self.here.rank, world=self.here.world
            )
            parts = [self.learner.evaluate(batch) for batch in batches]
            point: list[Point | None] = [None]
            if self.here.first:
                logits, labels, weights = (
                    np.concatenate(column).astype(np.float32) for column in zip(*parts, strict=True)
                )
                scored = evaluation_point(self.config, split, logits, labels, weights)
                point = [{**self._position(), **scored, "seconds": time.perf_counter() - began}]
                self._say_evaluation(scored)
            dist.broadcast_object_list(point, src=0, device=self.here.device)
            assert point[0] is not None
            points.append(point[0])
        return points

    def _keep(self, points: list[Point]) -> None:
        self.history["evaluations"] += points
        self.progress["evaluatedStep"] = self.progress["step"]
        if self.here.first:
            for point in points:
                if point["split"] == self.logged_split:
                    append(self.folder / "auc.log", auc_line(point))

    def _end_epoch(self, points: list[Point]) -> None:
        """Moves the schedule by the AUC of the split that selects, then the run to its next epoch, or to its end."""
        p = self.progress
        chosen = next((point for point in points if point["split"] == self.selection_split), None)
        if chosen and chosen["auc"]:
            before = self.schedule.learning_rate
            improved, stops = after_epoch(self.config, self.schedule, chosen["auc"]["fused"])
            if self.here.first and self.schedule.learning_rate != before:
                say(f"learning rate {self.schedule.learning_rate}: AUC on {chosen['split']} did not improve")
            if improved:
                p["best"] = chosen
                self.best = take_best(self.learner) if self.config.keeps_best else None
            if stops:
                p["ended"] = "early-stopped"
        self._keep(points)
        if p["ended"] is None:
            p["epoch"] += 1
            p["batchInEpoch"] = 0

    @property
    def selection_split(self) -> str | None:
        """valid where there is one; test only where the best weights are kept, as FuxiCTR does."""
        if self.dataset.rows("valid") > 0:
            return "valid"
        return "test" if self.config.keeps_best and self.dataset.rows("test") > 0 else None

    @property
    def logged_split(self) -> str:
        return "test" if self.dataset.rows("test") > 0 else "valid"

    def save(self) -> None:
        """Writes final-EPOCH_STEP.safetensors, the step counted within its epoch; removes the oldest. All call it."""
        p = self.progress
        epoch = max(1, math.ceil(p["step"] / self.steps_per_epoch))
        path = self.folder / f"final-{epoch}_{p['step'] - (epoch - 1) * self.steps_per_epoch}.safetensors"
        branches = len(self.config.branches)
        parts = {
            "run": {**self.about, "savedAt": now()},
            "config": self.raw_config,
            "dataset": self.card,
            "engine": {"engine": "torch", "backend": self.here.device.type, "threads": self.here.world},
            "progress": {
                **p,
                "schedule": {
                    "learningRate": self.schedule.learning_rate,
                    "bestAuc": self.schedule.best_auc,
                    "staleEpochs": self.schedule.stale_epochs,
                },
            },
            "meter": self.meter.scalars(),
            "historyColumns": {
                "progress": columns_of("progress", branches),
                "evaluations": columns_of("evaluation", branches),
            },
        }
        metadata = {"format": "final-studio-checkpoint", "version": "1"}
        metadata |= {key: compact(value) for key, value in parts.items()}
        entries = entries_of(self.learner, self.best, self.meter, self.history)
        write_checkpoint(path, self.learner, metadata, entries)
        # What one takes away where the checkpoint is too large: the studio shows the curves without the weights.
        del metadata["meter"]
        metadata["parts"] = compact("curves")
        curves = [entry for entry in entries if entry.name.startswith("history/")]
        write_checkpoint(self.folder / "curves.safetensors", self.learner, metadata, curves)
        if self.here.first:
            for _, old in saved_checkpoints(self.folder)[: -self.keep]:
                if old != path:
                    old.unlink(missing_ok=True)

    def _resume(self, file: CheckpointFile) -> None:
        """Resumes where the checkpoint stands, as if nothing had happened."""
        self.best = file.load(self.learner)
        saved = file.metadata["progress"]
        schedule = saved.pop("schedule")
        self.schedule = ScheduleState(schedule["learningRate"], schedule["bestAuc"], schedule["staleEpochs"])
        self.progress |= saved
        meter = file.metadata["meter"]
        self.meter = start_meter(
            self.config,
            self.dataset.rows("train"),
            **{"rows_since_auc" if key == "rowsSinceAuc" else key: value for key, value in meter.items()},
            sums=np.array(file.read("meter/sums")),
            logits=np.array(file.read("meter/logits")),
            labels=np.array(file.read("meter/labels")),
        )
        branches = len(self.config.branches)
        for kind, name in (("progress", "progress"), ("evaluation", "evaluations")):
            columns = file.metadata["historyColumns"][name]
            self.history[name] = [
                point_of(kind, dict(zip(columns, row, strict=True)), branches)
                for row in file.read(f"history/{name}").tolist()
            ]
        if self.progress["ended"] not in ("completed", "early-stopped"):
            self.progress["interruptions"] = [
                *self.progress["interruptions"],
                {**self._position(), "cause": "resumed"},
            ]
        if self.progress["ended"] != "early-stopped":
            self.progress["ended"] = None

    def _position(self) -> Point:
        kept = ("step", "epoch", "rowsSeen", "activeSeconds")
        return {**{name: self.progress[name] for name in kept}, "time": now()}

    def _log_point(self, point: Point | None) -> None:
        if point is None or not self.here.first:
            return
        self.history["progress"].append(point)
        append(self.folder / "loss.log", loss_line(point, self.steps_per_epoch))

    def _write_logs(self) -> None:
        logged = [auc_line(point) for point in self.history["evaluations"] if point["split"] == self.logged_split]
        losses = [loss_line(point, self.steps_per_epoch) for point in self.history["progress"]]
        for name, lines in (("auc.log", logged), ("loss.log", losses)):
            (self.folder / name).write_text("".join(f"{line}\n" for line in lines), "utf8")

    def _rows_per_second(self) -> float:
        return self.timed_rows / self.timed_seconds if self.timed_seconds > 0 else 0.0

    def _say_progress(self) -> None:
        p = self.progress
        if self.here.first and self.history["progress"]:
            loss = self.history["progress"][-1]["logLoss"]["fused"]
            speed = f"{self._rows_per_second():,.0f} rows/s"
            say(f"epoch {p['epoch']} step {p['step']}/{self.total_steps}: log loss {loss:.4f}, {speed}")

    def _say_evaluation(self, point: Point) -> None:
        area = f"{point['auc']['fused']:.5f}" if point["auc"] else "undefined"
        say(f"{point['split']}: AUC {area}, log loss {point['logLoss']['fused']:.5f}")

    def _result(self) -> dict[str, Any]:
        p = self.progress
        tests = [point for point in self.history["evaluations"] if point["split"] == self.logged_split]
        kept = tests[-1] if tests else None
        if self.config.keeps_best and p["best"]:
            kept = next((point for point in tests if point["step"] == p["best"]["step"]), kept)
        return {
            "reason": p["ended"],
            "split": kept and kept["split"],
            "auc": kept and kept["auc"],
            "logLoss": kept and kept["logLoss"],
            "step": p["step"],
            "rowsSeen": p["rowsSeen"],
            "rowsPerSecond": round(self._rows_per_second()),
            "processes": self.here.world,
            "device": self.here.device.type,
        }
