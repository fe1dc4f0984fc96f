"""Encoded rows → Parquet shards of a split, and what the manifest says of each."""

import hashlib
import io
from typing import Any

import google_crc32c
import pyarrow as pa
import pyarrow.parquet as pq

from final_data.files import join, locate

ROW_GROUP_ROWS = 16_000
SHARD_ROWS = 64 * ROW_GROUP_ROWS
# Columns with more values have no dictionary: a wide one makes reading slower.
DICTIONARY_VALUES = 1500


class ShardWriter:
    """Takes the rows of one block and one split in their order, and writes a shard whenever there are enough of them."""

    def __init__(self, folder: str, split: str, block: int, schema: pa.Schema, dictionary: list[str]) -> None:
        self.folder, self.split, self.block = folder, split, block
        self.schema, self.dictionary = schema, dictionary
        self.waiting: list[pa.Table] = []
        self.rows = 0
        self.shards: list[dict[str, Any]] = []

    def append(self, table: pa.Table) -> None:
        self.waiting.append(table)
        self.rows += len(table)
        while self.rows >= SHARD_ROWS:
            self._write(SHARD_ROWS)

    def finish(self) -> list[dict[str, Any]]:
        """Writes what is left; all shards, as the manifest has them, with their positives besides."""
        if self.rows > 0:
            self._write(self.rows)
        return self.shards

    def _write(self, count: int) -> None:
        table = pa.concat_tables(self.waiting)
        shard, rest = table.slice(0, count), table.slice(count)
        self.waiting, self.rows = [rest], len(rest)
        file = f"{self.split}-{self.block:05d}-{len(self.shards):03d}.parquet"
        data = _parquet(shard.combine_chunks(), self.dictionary)
        filesystem, path = locate(join(self.folder, file))
        with filesystem.open_output_stream(path) as stream:
            stream.write(data)
        self.shards.append(
            {
                "file": file,
                "split": self.split,
                "rows": count,
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "rowGroups": _row_groups(data),
                "positives": int(shard.column("label").to_numpy().sum()),
            }
        )


def shard_schema(fractions: list[bool], categories: int) -> pa.Schema:
    """label, I1…, C1…: flat required columns, int32 or, of fractions, float32."""
    fields = [pa.field("label", pa.int32(), nullable=False)]
    for c, fraction in enumerate(fractions):
        fields.append(pa.field(f"I{c + 1}", pa.float32() if fraction else pa.int32(), nullable=False))
    fields += [pa.field(f"C{c + 1}", pa.int32(), nullable=False) for c in range(categories)]
    return pa.schema(fields)


def write_file(folder: str, name: str, data: bytes) -> None:
    filesystem, path = locate(join(folder, name))
    with filesystem.open_output_stream(path) as stream:
        stream.write(data)


def _parquet(table: pa.Table, dictionary: list[str]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(
        table,
        sink,
        row_group_size=ROW_GROUP_ROWS,
        compression="snappy",
        use_dictionary=dictionary,
        write_statistics=False,
        store_schema=False,
    )
    return sink.getvalue()


def _row_groups(data: bytes) -> list[dict[str, int]]:
    metadata = pq.read_metadata(io.BytesIO(data))
    groups = []
    for g in range(metadata.num_row_groups):
        group = metadata.row_group(g)
        columns = [group.column(c) for c in range(group.num_columns)]
        start = min(column.dictionary_page_offset or column.data_page_offset for column in columns)
        end = max(
            (column.dictionary_page_offset or column.data_page_offset) + column.total_compressed_size
            for column in columns
        )
        checksum = google_crc32c.value(data[start:end])
        groups.append({"rows": group.num_rows, "offset": start, "length": end - start, "crc32c": checksum})
    return groups
