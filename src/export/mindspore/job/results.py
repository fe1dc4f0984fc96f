"""The AUC of what a device computed for inputs/, beside the studio's: python results.py RESULT_FOLDER

RESULT_FOLDER holds NAME_0.bin for each NAME.bin of inputs/: float32 logits or probabilities, as the released
ascend310_infer writes them.
"""

import sys
from pathlib import Path

import numpy as np

from network import FOLDER, job


def auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """The area under the ROC curve, ties counting half."""
    _, group, counts = np.unique(scores, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    ranks = (below + (counts + 1) / 2)[group]
    clicks = float(labels.sum())
    return float((ranks[labels == 1].sum() - clicks * (clicks + 1) / 2) / (clicks * (len(labels) - clicks)))


def main() -> None:
    found = Path(sys.argv[1])
    names = sorted((FOLDER / "inputs" / "02_labels").iterdir(), key=lambda path: int(path.stem.split("_")[-1]))
    labels = np.concatenate([np.fromfile(path, np.float32) for path in names])
    scores = np.concatenate([np.fromfile(found / f"{path.stem}_0.bin", np.float32) for path in names])
    if len(labels) != len(scores):
        raise SystemExit(f"{found} holds {len(scores)} scores for {len(labels)} rows")
    print(f"AUC {auc(labels, scores):.8f} over {len(labels)} rows; the studio's is {job()['auc']:.8f}")


if __name__ == "__main__":
    main()
