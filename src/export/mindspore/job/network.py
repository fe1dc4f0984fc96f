"""FINAL as MindSpore's research/recommend/final builds it: the same shape, and the same names of parameters.

Batch norm and dropout of the released units are left out: the first is never called there, the second not in inference.
"""

import json
from pathlib import Path

import mindspore
import numpy as np
from mindspore import Parameter, Tensor, nn, ops

FOLDER = Path(__file__).resolve().parent
SIZES = [256, 128, 64, 32]


class DenseLayer(nn.Cell):
    """x·W + b with W of shape [inputs, outputs]."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = zeros([inputs, outputs], "weight")
        self.bias = zeros([outputs], "bias")

    def construct(self, x: Tensor) -> Tensor:
        return ops.matmul(x, self.weight) + self.bias


class FinalUnit(nn.Cell):
    """A factorised interaction of order 3: y = z0, then twice y = y + y * tanh(zk)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.dense_layer_0 = DenseLayer(inputs, outputs)
        self.dense_layer_1 = DenseLayer(inputs, outputs)
        self.dense_layer_2 = DenseLayer(inputs, outputs)

    def construct(self, x: Tensor) -> Tensor:
        y = self.dense_layer_0(x)
        y = y + y * ops.tanh(self.dense_layer_1(x))
        return y + y * ops.tanh(self.dense_layer_2(x))


class FinalBlock(nn.Cell):
    """Four units, and a logit."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.unit_0 = FinalUnit(inputs, SIZES[0])
        self.unit_1 = FinalUnit(SIZES[0], SIZES[1])
        self.unit_2 = FinalUnit(SIZES[1], SIZES[2])
        self.unit_3 = FinalUnit(SIZES[2], SIZES[3])
        self.final_block_out = DenseLayer(SIZES[3], 1)

    def construct(self, x: Tensor) -> Tensor:
        return self.final_block_out(self.unit_3(self.unit_2(self.unit_1(self.unit_0(x)))))


class Final(nn.Cell):
    """Logits, probabilities and the labels as they were given, each [batch, 1], of ids and weights [batch, fields]."""

    def __init__(self, fields: int, rows: int, width: int) -> None:
        super().__init__()
        self.inputs = fields * width
        self.embedding = zeros([rows, width], "embedding")
        self.block_1 = FinalBlock(self.inputs)
        self.block_2 = FinalBlock(self.inputs)

    def construct(self, ids: Tensor, weights: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        embedded = ops.gather(self.embedding, ids, 0) * ops.expand_dims(weights, 2)
        x = ops.reshape(embedded, (-1, self.inputs))
        logits = 0.5 * (self.block_1(x) + self.block_2(x))
        return logits, ops.sigmoid(logits), labels


def zeros(shape: list[int], name: str) -> Parameter:
    return Parameter(Tensor(np.zeros(shape, np.float32)), name=name)


def job() -> dict[str, int]:
    """What job.json says: data_field_size, data_vocab_size, data_emb_dim, batch_size and more."""
    found: dict[str, int] = json.loads((FOLDER / "job.json").read_text())
    return found


def trained_network() -> Final:
    """The network with the weights of final.ckpt. Raises ValueError where one of them is missing."""
    sizes = job()
    network = Final(sizes["data_field_size"], sizes["data_vocab_size"], sizes["data_emb_dim"])
    arrays = mindspore.load_checkpoint(str(FOLDER / "final.ckpt"))
    missing, _ = mindspore.load_param_into_net(network, arrays, strict_load=True)
    if missing:
        raise ValueError(f"final.ckpt lacks {', '.join(missing)}")
    network.set_train(False)
    return network
