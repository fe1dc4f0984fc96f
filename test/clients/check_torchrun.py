"""One process of a job under torchrun, held against files that the studio wrote. Usage: JOB FOLDER golden|values"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, sys.argv[1])

import google_crc32c
import numpy as np
import torch
from config import parse_config
from data import Batch, Dataset
from learner import Learner
from processes import Processes, share, start_processes

LIMIT = 1e-10  # of an array's largest magnitude

folder = Path(sys.argv[2])
torch.set_num_threads(1)


class Worst:
    """The largest error of an array, relative to its largest magnitude."""

    def __init__(self) -> None:
        self.error = 0.0

    def compare(self, actual: Any, expected: Any) -> None:
        a, b = (np.asarray(values, np.float64).ravel() for values in (actual, expected))
        assert a.shape == b.shape, (a.shape, b.shape)
        self.error = max(self.error, float(np.abs(a - b).max() / max(1e-7, np.abs(b).max())))


def golden(path: Path, here: Processes) -> float:
    """Six steps and an evaluation in float64; gives the largest error of logits, losses and parameters."""
    file = json.loads(path.read_text())
    config, fields, rows = parse_config(file["config"]), file["config"]["fields"], file["config"]["vocabSize"]
    learner = Learner(config, fields, rows, here, torch.float64)
    dense = {name.replace(".", "/"): p for name, p in learner.model.named_parameters()}
    for name, initial in file["parameters"].items():
        values = np.array(initial["values"]).reshape(initial["shape"])
        if name in dense:
            dense[name].data.copy_(torch.from_numpy(values))
        else:
            learner.write_rows(learner.table.values, learner.columns[name], 0, values)

    def batch(step: dict[str, Any]) -> Batch:
        total = len(step["labels"])
        rows = share(total, here.rank, here.world)
        mine = slice(rows.start, rows.stop)
        ids, weights = (np.array(step[name]).reshape(total, fields)[mine] for name in ("ids", "weights"))
        return Batch(ids, weights, np.array(step["labels"])[mine], mine.start, total)

    worst = Worst()
    branches = len(config.branches)
    for step in file["steps"]:
        report = learner.step(batch(step), config.optimizer.learningRate)
        loss = step["loss"]
        worst.compare(report.losses[0], loss["fused"])
        worst.compare(report.losses[3:-2], loss["branches"] + loss["distillation"])
        worst.compare(report.losses[-2:-1], loss["l2"])
        worst.compare(report.losses[-1:], loss["total"])
        if report.logits is not None:
            worst.compare(report.logits[:, :branches], step["branchLogits"])
            worst.compare(report.logits[:, branches], step["fusedLogits"])
    for name, values in file["finalParameters"].items():
        if name in dense:
            worst.compare(dense[name].detach(), values)
        else:
            mine = np.array(values).reshape(rows, -1)[here.rank :: here.world]
            worst.compare(learner.table.values[:, learner.columns[name]], mine)
    running = dict(learner.model.named_buffers())
    for name, values in file["finalRunning"].items():
        worst.compare(running[name.replace("/", ".")], values)
    logits, _, _ = learner.evaluate(batch(file["steps"][-1]))
    if logits is not None:
        worst.compare(logits[:, branches], file["evaluation"]["fusedLogits"])
    return worst.error


def crc(values: Any, dtype: str) -> int:
    return google_crc32c.value(np.ascontiguousarray(values, dtype).tobytes())


def same_batches(case: dict[str, Any]) -> int:
    """Compares all batches of three processes, put together; gives their number."""
    dataset = Dataset(folder / case["dataset"])
    mode, size = case["integers"], case["batchSize"]
    assert dataset.table_rows(mode) == case["tableRows"]
    count = 0
    for split, shuffle in (("train", (case["seed"], case["epoch"])), ("test", None)):
        parts = [
            dataset.batches(split, size, mode, shuffle=shuffle, skip=case["skip"], rank=rank, world=3)
            for rank in range(3)
        ]
        for batch in zip(*parts, strict=True):
            joined = [
                np.concatenate([getattr(part, of) for part in batch]) for of in ("ids", "weights", "labels")
            ]
            found = [crc(values, dtype) for values, dtype in zip(joined, ("<i4", "<f4", "<f4"), strict=True)]
            assert found == case["batches"][count], f"batch {count} of {mode}"
            count += 1
    assert count == len(case["batches"])
    return count


def same_initial_values(case: dict[str, Any], here: Processes) -> int:
    learner = Learner(parse_config(case["config"]), case["fields"], case["tableRows"], here, torch.float32)
    learner.initialise()
    dense = {name.replace(".", "/"): p.detach() for name, p in learner.model.named_parameters()}
    for name, expected in case["crcs"].items():
        values = dense[name] if name in dense else learner.table.values[:, learner.columns[name]]
        assert crc(values, "<f4") == expected, name
    assert len(case["crcs"]) == len(learner.model.tensor_names())
    return len(case["crcs"])


here = start_processes("cpu")
if sys.argv[3] == "golden":
    errors = {path.stem: golden(path, here) for path in sorted((folder / "golden").glob("*.json"))}
    assert max(errors.values()) <= LIMIT, errors
    if here.first:
        print(
            f"golden files on {here.world} processes: {len(errors)}, largest error {max(errors.values()):.1e}"
        )
else:
    cases = json.loads((folder / "torchrun.json").read_text())
    batches = sum(same_batches(case) for case in cases["batches"])
    tensors = sum(same_initial_values(case, here) for case in cases["initial"])
    print(f"{batches} batches and {tensors} tensors of initial values are the studio's in every value")
torch.distributed.destroy_process_group()
