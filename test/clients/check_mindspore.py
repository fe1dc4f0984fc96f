"""A folder for MindSpore: its checkpoint, strictly loaded into the folder's own network, its MindIR, its inputs.

Where MINDSPORE_FINAL is a copy of research/recommend/final, the released network, its export.py and its eval.py are tried too.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import mindspore
import numpy as np
import pandas as pd
from mindspore import Tensor

folder = Path(sys.argv[1])
job = folder / "ascend"
sizes = json.loads((job / "job.json").read_text())
batch, fields = sizes["batch_size"], sizes["data_field_size"]
expected = np.fromfile(folder / "logits.bin", np.float32)
labels = np.zeros((batch, 1), np.float32)
environment = {**os.environ, "PYTHON": sys.executable}
mindspore.set_context(mode=mindspore.GRAPH_MODE, device_target="CPU")


def inputs(b: int) -> list[Tensor]:
    """A batch as a device gets it."""
    ids = np.fromfile(job / f"inputs/00_batch_ids/batch_{b}.bin", np.int32).reshape(batch, fields)
    weights = np.fromfile(job / f"inputs/01_batch_wts/batch_{b}.bin", np.float32).reshape(batch, fields)
    return [Tensor(ids), Tensor(weights), Tensor(labels)]


def check(network: object, name: str, limit: float) -> None:
    """The logits of all batches, which are the test split's rows in order."""
    found = np.concatenate([network(*inputs(b))[0].asnumpy().ravel() for b in range(sizes["rows"] // batch)])  # type: ignore[operator]
    worst = float(np.abs(found - expected[: len(found)]).max())
    assert worst <= limit, f"{name}: logits are off by {worst}"
    print(f"{name}: {len(found)} logits within {worst:.1e}")


def check_mindir(command: list[str], name: str) -> None:
    """Makes final.mindir by a command of the folder, and loads it again."""
    file = job / "final.mindir"
    file.unlink(missing_ok=True)
    subprocess.run(command, check=True, cwd=job, env=environment, stdout=subprocess.DEVNULL)
    check(mindspore.nn.GraphCell(mindspore.load(str(file))), name, 2e-6)


sys.path.insert(0, str(job))
from mindspore_hub_conf import create_network

check(create_network("final"), "create_network, strictly loaded", 2e-6)
check_mindir([sys.executable, "make_mindir.py"], "MindIR of make_mindir.py, loaded again")
results = folder / "results"
results.mkdir()
for b in range(sizes["rows"] // batch):
    expected[b * batch : (b + 1) * batch].tofile(results / f"batch_{b}_0.bin")
said = subprocess.run(
    [sys.executable, "results.py", str(results)], cwd=job, capture_output=True, text=True, check=True
)
found, theirs = (float(part.split(" ")[-1]) for part in (said.stdout.split(" over")[0], said.stdout.strip()))
assert abs(found - theirs) < 1e-8, said.stdout
print(f"results.py: {said.stdout.strip()}")

released = os.environ.get("MINDSPORE_FINAL")
if released is None:
    print("skipped: the released network, since MINDSPORE_FINAL names no copy of research/recommend/final")
    sys.exit(0)

sys.path.insert(0, released)
from src.final import FINALModel, PredictWithSigmoid

config = SimpleNamespace(
    **sizes,
    init_args=[-0.01, 0.01],
    weight_bias_init=["normal", "normal"],
    keep_prob=0.9,
    convert_dtype=False,
)
network = PredictWithSigmoid(FINALModel(config))
network.set_train(False)
arrays = mindspore.load_checkpoint(str(folder / "final.ckpt"))
left, unknown = mindspore.load_param_into_net(network, arrays, strict_load=True)
assert not left and not unknown, f"not loaded: {left} {unknown}"
check(network, "the released network, strictly loaded", 2e-6)
check_mindir(["bash", "make_mindir.sh", released], "MindIR of the released export.py, loaded again")

# The released eval.py on the test split, in the one format of its that needs no eight threads.
rows = folder / "released-rows"
rows.mkdir()
table = np.concatenate(
    [
        np.fromfile(folder / "ids.bin", np.int32).reshape(-1, fields),
        np.fromfile(folder / "weights.bin", np.float32).reshape(-1, fields),
    ],
    axis=1,
)
pd.DataFrame(table.astype(np.float64)).to_hdf(rows / "test_input_part_0.h5", key="rows")
pd.DataFrame(np.fromfile(folder / "labels.bin", np.float32)).to_hdf(
    rows / "test_output_part_0.h5", key="rows"
)
options = {
    "config_path": Path(released) / "default_config.yaml",
    "device_target": "CPU",
    "data_format": 3,
    "test_num_of_parts": 1,
    "dataset_path": rows,
    "checkpoint_path": folder / "final.ckpt",
    "batch_size": len(table),
    "data_vocab_size": sizes["data_vocab_size"],
    "data_emb_dim": sizes["data_emb_dim"],
}
said = subprocess.run(
    [
        sys.executable,
        str(Path(released) / "eval.py"),
        *(f"--{name}={value}" for name, value in options.items()),
    ],
    cwd=rows,
    check=False,
    capture_output=True,
    text=True,
)
assert said.returncode == 0, said.stderr[-2000:]
found = float((rows / "auc.log").read_text().split("AUC: ")[1].split(",")[0])
ours = json.loads((folder / "eval.json").read_text())["auc"]["fused"]
assert abs(found - ours) < 1e-6, f"the released eval.py: AUC {found}, the studio's {ours}"
print(f"the released eval.py: AUC {found:.8f} over {len(table)} rows; the studio's eval: {ours:.8f}")
