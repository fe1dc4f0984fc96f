"""Exported ONNX files: the full checker, and onnxruntime's logits beside those that must come out."""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from sklearn.metrics import roc_auc_score

folder = Path(sys.argv[1])
outputs: dict[str, np.ndarray] = {}
for case in json.loads((folder / "cases.json").read_text()):
    path = folder / case["file"]
    onnx.checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    wide = case["float64"]
    feeds = {
        "ids": np.array(case["ids"], np.int32).reshape(-1, case["fields"]),
        "weights": np.array(case["weights"], np.float64 if wide else np.float32).reshape(-1, case["fields"]),
    }
    logits = session.run(["logit"], feeds)[0]
    expected = np.array(case["logits"])
    limit = 1e-9 if wide else 3e-6 * np.maximum(1, np.abs(expected))
    worst = float(np.abs(logits - expected).max())
    assert np.all(np.abs(logits - expected) <= limit), f"{case['file']}: off by {worst}"
    outputs[case["file"]] = logits
    print(f"{case['file']}: within {worst:.1e}")

for name, logits in outputs.items():
    if name.endswith(".external.onnx"):
        whole = outputs[name.replace(".external", "")]
        assert np.array_equal(whole, logits), f"{name} differs from the same model in one file"

for raw in json.loads((folder / "raw.json").read_text()):
    path = str(folder / raw["file"])
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    integers, categories, labels = [], [], []
    for line in Path(raw["log"]).read_text().splitlines():
        cells = line.split("\t")
        labels.append(int(cells[0]))
        integers.append([int(cell) if cell else -(2**31) for cell in cells[1:14]])
        categories.append(cells[14:])
    feeds = {"integers": np.array(integers, np.int32), "categories": np.array(categories, object)}
    probability = session.run(["probability"], feeds)[0]
    auc = roc_auc_score(labels, probability)
    assert abs(auc - raw["auc"]) < 1e-6, f"{raw['file']}: AUC {auc}, the studio's {raw['auc']}"
    print(f"{raw['file']}: AUC {auc:.8f}, the studio's {raw['auc']:.8f}, {len(labels)} rows")
