"""A .ckpt in MindSpore, and in the released network where MINDSPORE_FINAL is a copy of research/recommend/final."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import mindspore
import numpy as np
from mindspore import Tensor

folder = Path(sys.argv[1])
arrays = mindspore.load_checkpoint(str(folder / "final.ckpt"))
print(f"load_checkpoint: {len(arrays)} arrays")
released = os.environ.get("MINDSPORE_FINAL")
if released is None:
    print("skipped: the released network, since MINDSPORE_FINAL names no copy of research/recommend/final")
    sys.exit(0)

sys.path.insert(0, released)
from src.final import FINALModel, PredictWithSigmoid

mindspore.set_context(mode=mindspore.GRAPH_MODE, device_target="CPU")
fields, vocabulary, width, rows = (int(n) for n in (folder / "shape.txt").read_text().split())
config = SimpleNamespace(
    batch_size=rows,
    data_field_size=fields,
    data_vocab_size=vocabulary,
    data_emb_dim=width,
    init_args=[-0.01, 0.01],
    weight_bias_init=["normal", "normal"],
    keep_prob=0.9,
    convert_dtype=False,
)
network = PredictWithSigmoid(FINALModel(config))
network.set_train(False)
left, unknown = mindspore.load_param_into_net(network, arrays, strict_load=True)
assert not left and not unknown, f"not loaded: {left} {unknown}"
ids = Tensor(np.fromfile(folder / "ids.bin", np.int32).reshape(rows, fields))
weights = Tensor(np.fromfile(folder / "weights.bin", np.float32).reshape(rows, fields))
labels = Tensor(np.zeros((rows, 1), np.float32))
expected = np.fromfile(folder / "logits.bin", np.float32)
found = network(ids, weights, labels)[0].asnumpy().ravel()
worst = float(np.abs(found - expected).max())
assert worst <= 2e-6, f"the released network's logits are off by {worst}"
print(f"the released network, strictly loaded: {rows} logits within {worst:.1e}")

mindspore.export(network, ids, weights, labels, file_name=str(folder / "final"), file_format="MINDIR")
graph = mindspore.nn.GraphCell(mindspore.load(str(folder / "final.mindir")))
again = graph(ids, weights, labels)[0].asnumpy().ravel()
assert np.abs(again - found).max() <= 1e-6, "the MindIR computes something else"
print(f"MindIR, loaded again: within {np.abs(again - found).max():.1e}")
