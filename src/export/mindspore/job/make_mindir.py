"""final.mindir without a copy of the released code: python make_mindir.py [BATCH_SIZE]"""

import sys

import mindspore
import numpy as np
from mindspore import Tensor

from network import FOLDER, job, trained_network


def main() -> None:
    mindspore.set_context(mode=mindspore.GRAPH_MODE)
    sizes = job()
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else sizes["batch_size"]
    shape = [rows, sizes["data_field_size"]]
    ids = Tensor(np.zeros(shape, np.int32))
    weights = Tensor(np.zeros(shape, np.float32))
    labels = Tensor(np.zeros([rows, 1], np.float32))
    place = str(FOLDER / "final")
    mindspore.export(trained_network(), ids, weights, labels, file_name=place, file_format="MINDIR")
    print(f"{place}.mindir: ids and weights {shape}, labels [{rows}, 1]")


if __name__ == "__main__":
    main()
