"""Makes the files of other tools beside this script, from synthetic rows, with these tools' own writers.

    python make_formats.py tfrecord hdf5 fuxictr   # pip install tfrecord pandas tables fuxictr "polars<2" "ray[data]" pyarrow
    python make_formats.py mindrecord              # pip install mindspore

rows.json is what must come out of TFRecord, HDF5 and MindRecord alike: for each split ids (in MindSpore's one space: 0 to 12
the integers, 13 to 38 OOV, then each category's values), the integers' values (multiples of 1/256, so that float32 has them
exactly) and labels. FuxiCTR's files are made of raw/*.csv.
"""

import gzip
import json
import os
import shutil
import sys
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
INTEGERS, CATEGORIES = 13, 26
FIELDS = INTEGERS + CATEGORIES
SPLITS = {"train": (60, 1), "test": (20, 2)}
ROWS_A_RECORD = 10


def rows(count, seed):
    """ids, values and labels of some rows, as MindSpore's preprocessing script would map them."""
    random = np.random.RandomState(seed)
    ids = np.zeros((count, FIELDS), np.int32)
    values = np.ones((count, FIELDS), np.float32)
    ids[:, :INTEGERS] = np.arange(INTEGERS)
    values[:, :INTEGERS] = random.randint(-3, 257, (count, INTEGERS)) / 256
    first = FIELDS
    for c in range(CATEGORIES):
        size = 3 + (c * 7919) % 300 * (100000 if c == 5 else 1)
        value = random.randint(0, size + 1, count)
        ids[:, INTEGERS + c] = np.where(value == 0, INTEGERS + c, first + value - 1)
        first += size
    return ids, values, random.randint(0, 2, count).astype(np.float32)


def records(count, seed):
    ids, values, labels = rows(count, seed)
    for at in range(0, count, ROWS_A_RECORD):
        part = slice(at, at + ROWS_A_RECORD)
        yield {"feat_ids": ids[part].ravel(), "feat_vals": values[part].ravel(), "label": labels[part]}


def keep(path, name):
    with (
        open(path, "rb") as source,
        open(os.path.join(HERE, name + ".gz"), "wb") as target,
        gzip.GzipFile("", "wb", 9, target, 0) as packed,
    ):
        shutil.copyfileobj(source, packed)


def expected():
    content = {}
    for split, (count, seed) in SPLITS.items():
        ids, values, labels = rows(count, seed)
        content[split] = {
            "ids": ids[:, INTEGERS:].tolist(),
            "values": values[:, :INTEGERS].tolist(),
            "labels": labels.astype(int).tolist(),
        }
    with open(os.path.join(HERE, "rows.json"), "w") as target:
        json.dump(content, target, separators=(",", ":"))


def tfrecord(place):
    from tfrecord.writer import TFRecordWriter

    for split, (count, seed) in SPLITS.items():
        path = os.path.join(place, split)
        writer = TFRecordWriter(path)
        for record in records(count, seed):
            writer.write(
                {
                    "feat_ids": (record["feat_ids"].tolist(), "int"),
                    "feat_vals": (record["feat_vals"].tolist(), "float"),
                    "label": (record["label"].tolist(), "float"),
                }
            )
        writer.close()
        keep(path, f"{split}_part_0.tfrecord")


def hdf5(place):
    import pandas as pd

    for split, (count, seed) in SPLITS.items():
        ids, values, labels = rows(count, seed)
        tables = {
            "input": np.concatenate([ids, values], 1).astype(np.float64),
            "output": labels.astype(np.float64),
        }
        for kind, table in tables.items():
            path = os.path.join(place, f"{split}_{kind}.h5")
            # The script writes the plain format; the test split shows the other one.
            layout = "fixed" if split == "train" else "table"
            pd.DataFrame(table).to_hdf(path, key="fixed", format=layout)
            keep(path, f"{split}_{kind}_part_0.h5")


def mindrecord(place):
    from mindspore.mindrecord import FileWriter

    schema = {
        "label": {"type": "float32", "shape": [-1]},
        "feat_vals": {"type": "float32", "shape": [-1]},
        "feat_ids": {"type": "int32", "shape": [-1]},
    }

    def write(name, shards, data):
        path = os.path.join(place, name)
        writer = FileWriter(path, shards)
        writer.set_header_size(1 << 14)
        writer.set_page_size(1 << 15)
        writer.add_schema(schema, "CRITEO")
        writer.write_raw_data(data)
        writer.commit()
        for shard in [name] if shards == 1 else [f"{name}{s}" for s in range(shards)]:
            keep(os.path.join(place, shard), shard)

    for split, (count, seed) in SPLITS.items():
        write(f"{split}_input_part.mindrecord", 1 if split == "train" else 2, list(records(count, seed)))
    # As deep_and_cross has it: a row a record, each category's ids from 0, integers as they are.
    ids, values, labels = rows(*SPLITS["test"])
    columns = [
        {
            "feat_ids": ids[r, INTEGERS:],
            "feat_vals": np.round(values[r, :INTEGERS] * 256),
            "label": labels[r : r + 1],
        }
        for r in range(len(labels))
    ]
    write("columns.mindrecord", 1, columns)


def fuxictr(place):
    import pandas as pd
    from fuxictr.preprocess import FeatureProcessor, build_dataset

    os.makedirs(os.path.join(HERE, "fuxictr", "raw"), exist_ok=True)
    paths = {}
    for split, (count, seed) in {"train": (200, 1), "valid": (40, 2), "test": (60, 3)}.items():
        random = np.random.RandomState(seed)
        frame = pd.DataFrame(
            {
                "label": random.randint(0, 2, count),
                "I1": np.where(random.rand(count) < 0.2, np.nan, random.randint(-2, 3000, count)),
                "price": random.randint(0, 5000, count) / 100,
                "C1": [f"{v * 2654435761 % 2**32:08x}" if v else None for v in random.zipf(1.6, count) % 40],
                "C2": [f"ä{v}" for v in random.zipf(1.4, count) % 60],
                "hour": random.randint(0, 24, count),
            }
        )
        paths[f"{split}_data"] = os.path.join(HERE, "fuxictr", "raw", f"{split}.csv")
        frame.to_csv(paths[f"{split}_data"], index=False)
    features = [
        {"name": ["I1", "price"], "active": True, "dtype": "float", "type": "numeric"},
        {"name": ["C1", "C2"], "active": True, "dtype": "str", "type": "categorical", "min_categr_count": 2},
        {"name": "hour", "active": True, "dtype": "str", "type": "categorical"},
    ]
    label = {"name": "label", "active": True, "dtype": "float"}
    build_dataset(FeatureProcessor(features, label, dataset_id="tiny", data_root=place), **paths)
    for name in ["feature_map.json", "feature_vocab.json", "train.parquet", "valid.parquet", "test.parquet"]:
        shutil.copy(os.path.join(place, "tiny", name), os.path.join(HERE, "fuxictr", name))
    # The raw training rows are not needed again.
    os.remove(paths["train_data"])


if __name__ == "__main__":
    expected()
    for kind in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            globals()[kind](folder)
