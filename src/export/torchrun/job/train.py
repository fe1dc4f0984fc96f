"""Trains the job's model on all processes that torchrun starts:

torchrun --nproc-per-node=8 train.py --dataset_path=DATASET --ckpt_path=checkpoints

Begun again after it was killed, it resumes from the newest checkpoint of --ckpt_path, where all that it writes opens in
the studio.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from checkpoint import CheckpointFile, saved_checkpoints
from data import Dataset
from processes import Processes, say, start_processes
from run import Run


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--dataset_path", type=Path, required=True, help="the data set's folder, the same on every machine")
    add(
        "--ckpt_path",
        type=Path,
        default=Path("checkpoints"),
        help="folder for checkpoints and logs, shared by all machines",
    )
    add("--job", type=Path, default=Path(__file__).with_name("job.json"), help="what is trained")
    add("--resume", type=Path, help="checkpoint to resume instead of the newest one")
    add("--train_epochs", type=int, help="epochs instead of the configuration's")
    add(
        "--save_checkpoint_steps",
        type=int,
        default=0,
        help="steps between checkpoints; 0: at each epoch's end",
    )
    add("--keep_checkpoint_max", type=int, default=5, help="checkpoints kept, the newest")
    add("--do_eval", action=argparse.BooleanOptionalAction, default=True, help="evaluate at each epoch's end")
    add("--device", choices=("cuda", "npu", "cpu"), help="what computes; left out, what the machine has")
    add(
        "--deterministic",
        action="store_true",
        help="sum in a fixed order on a GPU too, so that runs repeat bit for bit",
    )
    return parser.parse_args()


def start_of(args: argparse.Namespace, job: dict[str, Any], here: Processes) -> CheckpointFile | None:
    """The checkpoint that is resumed: the one named, the newest here, or the one that came with the job."""
    path: Path | None = args.resume
    if path is None:
        saved = saved_checkpoints(args.ckpt_path)
        came_with = args.job.parent / str(job["start"]) if job["start"] else None
        path = saved[-1][1] if saved else came_with
    if path is None:
        return None
    file = CheckpointFile(path)
    file.verify(here)
    if file.metadata["run"]["id"] != job["run"]["id"] and args.resume is None:
        raise ValueError(
            f"{args.ckpt_path} holds checkpoints of another run, {file.metadata['run']['name']}: "
            "choose another --ckpt_path, or name one with --resume"
        )
    if here.first:
        say(f"resumes {path}, step {file.metadata['progress']['step']}")
    if file.metadata["dataset"]["identity"] != job["dataset"]["identity"]:
        raise ValueError(f"{path} was trained on another data set than this job's")
    return file


def main() -> int:
    args = arguments()
    if args.deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    here = start_processes(args.device)
    torch.use_deterministic_algorithms(args.deterministic)
    try:
        job = json.loads(args.job.read_text("utf8"))
        run = Run(
            job,
            Dataset(args.dataset_path, job["dataset"]["identity"]),
            here,
            args.ckpt_path,
            resume=start_of(args, job, here),
            epochs=args.train_epochs,
            save_every=args.save_checkpoint_steps,
            keep=args.keep_checkpoint_max,
            evaluate=args.do_eval,
        )

        def ask_to_stop(*_: object) -> None:
            run.stop_asked = True

        # A cluster asks before it kills: the run stops after its step and saves.
        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGINT, ask_to_stop)
        result = run.train()
    except (ValueError, OSError) as problem:
        if here.first or here.world > 1:
            say(f"process {here.rank}: {problem}")
        return 1
    if here.first:
        print(json.dumps(result), flush=True)
    dist.destroy_process_group()
    return 0


if __name__ == "__main__":
    sys.exit(main())
