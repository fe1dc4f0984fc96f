#!/bin/bash
# Ascend, called as MindSpore's script is: bash launch/run_distribute_train.sh DEVICE_NUM DATASET_PATH RANK_TABLE
# One machine's devices; it needs torch_npu, whose HCCL reads the rank table where one is given.
if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  echo "Usage: bash run_distribute_train.sh DEVICE_NUM DATASET_PATH [RANK_TABLE]" >&2
  exit 2
fi
set -euo pipefail
JOB="$(cd "$(dirname "$0")/.." && pwd)"
if [ $# -eq 3 ]; then
  RANK_TABLE_FILE="$(realpath "$3")"
  export RANK_TABLE_FILE
fi
exec torchrun --standalone --nproc-per-node="$1" --max-restarts=3 \
  "$JOB/train.py" --device="${DEVICE:-npu}" --dataset_path="$2" --ckpt_path="${CKPT_PATH:-$JOB/checkpoints}"
