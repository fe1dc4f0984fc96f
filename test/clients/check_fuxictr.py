"""A .model in torch, and in FuxiCTR's own FinalNet where FUXICTR_PATH is a copy of its repository."""

import os
import sys
from pathlib import Path

import numpy as np
import torch

folder = Path(sys.argv[1])
state = torch.load(folder / "final.model", weights_only=True)
assert torch.load(folder / "final.model", weights_only=True, mmap=True).keys() == state.keys()
assert all(torch.isfinite(tensor.float()).all() for tensor in state.values())
print(f"torch.load(weights_only=True): {len(state)} tensors")

repository = os.environ.get("FUXICTR_PATH")
if repository is None:
    print("skipped: FinalNet itself, since FUXICTR_PATH names no copy of FuxiCTR's repository")
    sys.exit(0)

import pyarrow.parquet as pq
import yaml

sys.path[:0] = [repository, f"{repository}/model_zoo/FinalNet"]
from fuxictr.features import FeatureMap
from src.FinalNet import FinalNet

data = folder / "fuxictr"
config = yaml.safe_load((folder / "model_config.yaml").read_text())
params = {**config["Base"], **config["final"], "gpu": -1, "data_root": str(folder), "model_id": "final"}
features = FeatureMap("fuxictr", str(data))
features.load(str(data / "feature_map.json"), {**params, "dataset_id": "fuxictr"})
model = FinalNet(features, **params)
assert list(model.state_dict()) == list(state), "the tensors are in another order than FinalNet's own"
model.load_weights(str(folder / "final.model"))
model.eval()
table = pq.read_table(data / "test.parquet")
batch = {name: torch.tensor(table[name].to_numpy()) for name in table.column_names}
with torch.no_grad():
    found = model.forward(batch)["y_pred"].numpy().ravel()
expected = np.fromfile(folder / "probabilities.bin", np.float32)
worst = float(np.abs(found - expected).max())
assert worst <= 1e-6, f"FinalNet's probabilities are off by {worst}"
print(f"FinalNet, strictly loaded: {len(found)} probabilities within {worst:.1e}")
