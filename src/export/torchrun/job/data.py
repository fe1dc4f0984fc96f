"""A data set's folder -> batches, in the studio's order: every process reads all rows and keeps its share of each.

Row groups are shuffled, eight of them are mixed at a time, and batches are cut from the mixed rows. Seed and epoch
alone decide the order, so a job on any number of processes trains on the same batches as the studio.
"""

from __future__ import annotations

import hashlib
import json
import queue
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from encoding import MISSING, Encoder, Ids, Stored, encoders_of, mode_of, own_ids
from processes import share
from rng import Random, hash32

WINDOW_GROUPS = 8
BATCHES_AHEAD = 4


@dataclass
class Batch:
    """This process's rows of a batch. F fields; ids and weights are [rows, F]."""

    ids: Ids
    weights: NDArray[np.float32]
    labels: NDArray[np.float32]
    first: int  # of these rows, in the whole batch
    total: int  # rows of the whole batch


class Dataset:
    """A folder that `preprocess`, the page or a Spark job made. Raises ValueError where it is not what it should be."""

    def __init__(self, folder: Path, identity: str | None = None) -> None:
        self.folder = folder
        text = (folder / "manifest.json").read_text("utf8")
        self.manifest: dict[str, Any] = json.loads(text)
        stated = self.manifest.get("checksum")
        if stated is not None and stated != content_hash(text):
            raise ValueError(f"{folder / 'manifest.json'} was changed or damaged: its checksum is wrong")
        if identity is not None and content_hash(text) != identity:
            raise ValueError(f"{folder} is not the data set that this job was made for")
        self.columns: list[dict[str, Any]] = self.manifest["columns"]
        self.names = ["label"] + [
            f"{'I' if column['kind'] == 'integer' else 'C'}{number}" for column, number in numbered(self.columns)
        ]

    @property
    def fields(self) -> int:
        return len(self.columns)

    def rows(self, split: str) -> int:
        rows: int = self.manifest["splits"][split]["rows"]
        return rows

    def table_rows(self, integers: str | dict[str, str]) -> int:
        """V, all rows of the embedding table when numbers enter in this way."""
        return self.fields + sum(own_ids(column, mode_of(integers, column["name"])) for column in self.columns)

    def batches(
        self,
        split: str,
        batch_size: int,
        integers: str | dict[str, str],
        *,
        shuffle: tuple[int, int] | None = None,
        skip: int = 0,
        rank: int = 0,
        world: int = 1,
    ) -> Iterator[Batch]:
        """Batches of a split, the last one smaller. shuffle: (seed, epoch); None keeps the file's order."""
        return ahead(self._batches(split, batch_size, integers, shuffle, skip, rank, world))

    def _batches(
        self,
        split: str,
        batch_size: int,
        integers: str | dict[str, str],
        shuffle: tuple[int, int] | None,
        skip: int,
        rank: int,
        world: int,
    ) -> Iterator[Batch]:
        encoders = encoders_of(self.columns, integers)
        rows = self.rows(split)
        done = skip * batch_size  # rows of the epoch before this batch
        window_start = 0
        parts: list[tuple[list[Stored], Ids]] = []  # windows' columns, and which of their rows are this process's
        for index, places in enumerate(self._windows(split, shuffle)):
            window_end = window_start + sum(group["rows"] for _, _, group in places)
            if window_end <= done:
                window_start = window_end
                continue
            columns = self._read(places)
            order = np.arange(window_end - window_start)
            if shuffle is not None:
                # Row r of the window comes where shuffling puts it.
                order[Random(hash32(*shuffle), index + 1).shuffled(len(order))] = np.arange(len(order))
            while done < rows:
                total = min(batch_size, rows - done)
                mine = share(total, rank, world)
                low = max(done + mine.start, window_start)
                high = max(low, min(done + mine.stop, window_end))
                parts.append((columns, order[low - window_start : high - window_start]))
                if done + total > window_end:
                    break
                yield assemble(parts, encoders, mine.start, total)
                parts = []
                done += total
            window_start = window_end

    def _windows(
        self, split: str, shuffle: tuple[int, int] | None
    ) -> Iterator[list[tuple[dict[str, Any], int, dict[str, Any]]]]:
        places = [
            (shard, number, group)
            for shard in self.manifest["shards"]
            if shard["split"] == split
            for number, group in enumerate(shard["rowGroups"])
        ]
        if shuffle is not None:
            places = [places[i] for i in Random(hash32(*shuffle)).shuffled(len(places))]
        size = 1 if shuffle is None else WINDOW_GROUPS
        for first in range(0, len(places), size):
            yield places[first : first + size]

    def _read(self, places: list[tuple[dict[str, Any], int, dict[str, Any]]]) -> list[Stored]:
        """The columns of some row groups, one after the other; the label is the first."""
        groups = [self._read_group(shard, number, group) for shard, number, group in places]
        return [np.concatenate(columns) for columns in zip(*groups, strict=True)]

    def _read_group(self, shard: dict[str, Any], number: int, group: dict[str, Any]) -> list[Stored]:
        path = self.folder / shard["file"]
        with path.open("rb") as file:
            file.seek(group["offset"])
            data = file.read(group["length"])
        if google_crc32c.value(data) != group["crc32c"]:
            raise ValueError(f"{path}: the checksum of row group {number} is wrong, so it was changed or damaged")
        if path.suffix == ".packed":
            return self._unpack(data, group["rows"])
        with pq.ParquetFile(path) as parquet:
            table = parquet.read_row_group(number, columns=self.names)
        return [table.column(name).to_numpy() for name in self.names]

    def _unpack(self, data: bytes, rows: int) -> list[Stored]:
        """Of a packed row group: widths and bases of the columns, then their codes, each from a multiple of 4 on."""
        count = 1 + self.fields
        offset = aligned(count)
        bases = np.frombuffer(data, "<i4", count, offset)
        offset += 4 * count
        columns: list[Stored] = []
        for column, (width, base) in enumerate(zip(data[:count], bases, strict=True)):
            about = self.columns[column - 1] if column > 0 else {}
            fractions = about.get("fractions", False)
            codes = np.frombuffer(data, "<f4" if fractions else f"<u{width}" if width < 4 else "<i4", rows, offset)
            if about.get("kind") == "integer" and not fractions:
                # Code 0 is a missing integer; others wrap around where the integers span more than 31 bits.
                values = (codes.astype(np.int64) + int(base) - 1).astype(np.int32)
                codes = np.where(codes == 0, np.int32(MISSING), values)
            columns.append(codes)
            offset += aligned(width * rows)
        return columns


def assemble(parts: list[tuple[list[Stored], Ids]], encoders: list[Encoder], first: int, total: int) -> Batch:
    """A batch from its rows in one window or several."""
    count = sum(len(rows) for _, rows in parts)
    ids = np.empty((count, len(encoders)), np.int64)
    weights = np.ones((count, len(encoders)), np.float32)
    stored = [np.concatenate([columns[c][rows] for columns, rows in parts]) for c in range(len(encoders) + 1)]
    for c, encoder in enumerate(encoders):
        encoded = encoder.encode(stored[c + 1])
        if encoder.weighted:
            ids[:, c], weights[:, c] = encoder.oov_row, encoded
        else:
            ids[:, c] = np.where(encoded > 0, encoder.base + encoded - 1, encoder.oov_row)
    return Batch(ids, weights, stored[0].astype(np.float32), first, total)


def numbered(columns: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], int]]:
    """Columns with their numbers among those of their kind, from 1."""
    seen = {"integer": 0, "category": 0}
    for column in columns:
        seen[column["kind"]] += 1
        yield column, seen[column["kind"]]


def content_hash(manifest_text: str) -> str:
    """SHA-256 of the manifest as JavaScript writes it without blanks, and without its checksum."""

    def rewritten(match: re.Match[str]) -> str:
        text, number = match.groups()
        return text or (as_javascript(number) if number else "")

    compact = re.sub(r'("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|\s+', rewritten, manifest_text)
    compact = re.sub(r',"checksum":"[0-9a-f]{64}"\}$', "}", compact)
    return hashlib.sha256(compact.encode()).hexdigest()


def as_javascript(number: str) -> str:
    """3.0 is 3, 1e-05 is 0.00001, 1e-07 is 1e-7."""
    if number.lstrip("-").isdigit():
        return number
    value = float(number)
    if 1e-6 <= abs(value) < 1e21 or value == 0:
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    mantissa, exponent = f"{value!r}".split("e")
    return f"{mantissa}e{int(exponent):+d}"


def aligned(size: int) -> int:
    return (size + 3) & ~3


def ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The same batches, read by a thread a few batches ahead of whoever takes them."""
    waiting: queue.Queue[Batch | BaseException | None] = queue.Queue(BATCHES_AHEAD)
    closed = threading.Event()

    def put(item: Batch | BaseException | None) -> bool:
        while not closed.is_set():
            try:
                waiting.put(item, timeout=0.1)
                return True
            except queue.Full:
                pass
        return False

    def read() -> None:
        try:
            for batch in batches:
                if not put(batch):
                    return
            put(None)
        except BaseException as problem:  # raised again where batches are taken
            put(problem)

    threading.Thread(target=read, daemon=True).start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        closed.set()
