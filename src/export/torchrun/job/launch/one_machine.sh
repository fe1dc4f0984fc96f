#!/bin/bash
# One machine: one process for each GPU, or as many as are asked for.
# bash launch/one_machine.sh DATASET [PROCESSES]
set -euo pipefail
JOB="$(cd "$(dirname "$0")/.." && pwd)"
exec torchrun --standalone --nproc-per-node="${2:-auto}" --max-restarts=3 \
  "$JOB/train.py" --dataset_path="$1" --ckpt_path="${CKPT_PATH:-$JOB/checkpoints}"
