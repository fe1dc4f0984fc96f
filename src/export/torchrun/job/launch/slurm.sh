#!/bin/bash
# SLURM: sbatch --nodes=2 launch/slurm.sh DATASET
# Job and data set lie where all nodes see them. A job that was preempted resumes when it is started again.
#SBATCH --job-name=final
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=64
#SBATCH --requeue
#SBATCH --signal=TERM@120
set -euo pipefail
JOB="${JOB:-$SLURM_SUBMIT_DIR}"
HOST="$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)"
srun torchrun --nnodes="$SLURM_NNODES" --nproc-per-node="${SLURM_GPUS_ON_NODE:-8}" --max-restarts=3 \
  --rdzv-id="$SLURM_JOB_ID" --rdzv-backend=c10d --rdzv-endpoint="$HOST:29500" \
  "$JOB/train.py" --dataset_path="$1" --ckpt_path="${CKPT_PATH:-$JOB/checkpoints}" --save_checkpoint_steps="${SAVE_STEPS:-1000}"
