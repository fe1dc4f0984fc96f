"""Holds the data sets of the Spark job against those of `preprocess`: pairs of folders, as arguments."""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

# Shards are cut elsewhere, files are named as they were given, and the job notes nothing of a log's first rows.
NOT_COMPARED = ("shards", "checksum", "noticed")


def rows_of(folder: Path, manifest: dict, split: str) -> pa.Table:
    files = [folder / shard["file"] for shard in manifest["shards"] if shard["split"] == split]
    return pa.concat_tables([pq.read_table(file).replace_schema_metadata(None) for file in files])


def difference(ours: object, theirs: object) -> str | None:
    """Where the first difference is, and what it is."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and list(ours) == list(theirs):
        parts = [(f".{key}", ours[key], theirs[key]) for key in theirs]
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        parts = [(f"[{i}]", mine, other) for i, (mine, other) in enumerate(zip(ours, theirs, strict=True))]
    else:
        return None if ours == theirs else f": {ours} instead of {theirs}"
    found = ((place, difference(mine, other)) for place, mine, other in parts)
    return next((f"{place}{text}" for place, text in found if text is not None), None)


def compare(made: Path, expected: Path) -> int:
    ours, theirs = (json.loads((folder / "manifest.json").read_text()) for folder in (made, expected))
    assert (made / "vocabulary.tsv").read_bytes() == (expected / "vocabulary.tsv").read_bytes(), "vocabulary"
    for key in theirs:
        if key not in NOT_COMPARED:
            found = difference(ours[key], theirs[key])
            assert found is None, f"{made.name}: {key}{found}"
    rows = 0
    for split, counts in theirs["splits"].items():
        if counts["rows"] == 0:
            continue
        mine, other = (rows_of(folder, of, split) for folder, of in ((made, ours), (expected, theirs)))
        assert mine.column_names == other.column_names and len(mine) == len(other), f"shape of {split}"
        for name in mine.column_names:
            # All columns are of 32 bits; as numbers a missing fraction, NaN, would differ from itself.
            bits = [table.column(name).to_numpy().view(np.int32) for table in (mine, other)]
            assert np.array_equal(*bits), f"{name} of {split}"
        rows += len(mine)
    return rows


for made, expected in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    rows = compare(Path(made), Path(expected))
    print(f"Spark: {rows} rows, vocabulary and columns of {Path(made).name} equal")
