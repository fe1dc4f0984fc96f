#!/bin/bash
# Huawei Cloud's ModelArts, as a training job's boot command: bash launch/modelarts.sh DATASET CKPT_PATH
# ModelArts copies data from OBS before it starts, and what lies in its output folder back.
set -euo pipefail
JOB="$(cd "$(dirname "$0")/.." && pwd)"
pip install --quiet -r "$JOB/requirements.txt"
exec torchrun --nnodes="${MA_NUM_HOSTS:-1}" --node-rank="${VC_TASK_INDEX:-0}" --nproc-per-node="${MA_NUM_GPUS:-8}" \
  --master-addr="${VC_WORKER_HOSTS%%,*}" --master-port=29500 \
  "$JOB/train.py" --dataset_path="$1" --ckpt_path="$2"
