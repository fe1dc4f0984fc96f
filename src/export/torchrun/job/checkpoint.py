"""The studio's checkpoints, read and written: one safetensors file with a run's weights, moments, curves and place.

Every process has a part of the table, so the first one writes row by row what the others send; none ever holds the
whole table. The file's header begins with the CRC-32C of the whole file and holds one of each tensor.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import google_crc32c
import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor

from curves import columns_of, row_of
from learner import Learner
from metrics import Meter, Point
from processes import Processes, gather_rows

Array = NDArray[Any]
SEAL_START = b'{"__metadata__":{"crc32c":"'
UNSEALED = "00000000"
BLOCK_BYTES = 1 << 26
POLYNOMIAL = 0x82F63B78  # Castagnoli's, its bits reversed


@dataclass
class Best:
    """A model that a schedule keeps: this process's part of it."""

    table: Tensor
    dense: dict[str, Tensor]  # parameters and running statistics


def take_best(learner: Learner) -> Best:
    return Best(learner.table.values.clone(), {name: t.detach().clone() for name, t in dense_of(learner)})


@torch.no_grad()
def put_best(learner: Learner, best: Best) -> None:
    """The best weights; the optimiser stays where it is, as FuxiCTR's does."""
    learner.table.values.copy_(best.table)
    for name, tensor in dense_of(learner):
        tensor.copy_(best.dense[name])


def dense_of(learner: Learner) -> list[tuple[str, Tensor]]:
    """What every process holds alike, by the studio's names: parameters, then running statistics."""
    named = [*learner.model.named_parameters(), *learner.model.named_buffers()]
    return [(name.replace(".", "/"), tensor) for name, tensor in named]


def running_names(learner: Learner) -> list[str]:
    return [name.replace(".", "/") for name, _ in learner.model.named_buffers()]


@dataclass
class Entry:
    """A tensor of the file: held by every process alike, or columns of what the processes hold parts of."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    whole: Array | Tensor | None
    part: Tensor | None = None  # this process's rows

    @property
    def byte_length(self) -> int:
        return math.prod(self.shape) * (8 if self.dtype == "F64" else 4)


def entries_of(learner: Learner, best: Best | None, meter: Meter, history: dict[str, list[Point]]) -> list[Entry]:
    """All tensors in the order of the file, wide numbers first."""
    branches = len(learner.config.branches)
    numbers: list[tuple[str, Array]] = [("meter/sums", meter.sums)]
    for kind, name in (("progress", "progress"), ("evaluation", "evaluations")):
        columns = columns_of(kind, branches)
        rows = np.array([row_of(point, columns) for point in history[name]]).reshape(-1, len(columns))
        numbers.append((f"history/{name}", rows))
    entries = [Entry(name, values.shape, "F64", values) for name, values in numbers]

    table = learner.table
    moments = learner.adam.moments
    dense = dict(dense_of(learner))

    def add(prefix: str, names: list[str], part: Tensor, of: dict[str, Tensor]) -> None:
        for name in names:
            if name in learner.columns:
                column = learner.columns[name]
                shape = (table.rows, column.stop - column.start)
                entries.append(Entry(prefix + name, shape, "F32", None, part[:, column]))
            else:
                entries.append(Entry(prefix + name, tuple(of[name].shape), "F32", of[name]))

    trained = learner.model.tensor_names()
    add("", trained + running_names(learner), table.values, dense)
    for i, letter in enumerate("mv"):
        add(
            f"adam/{letter}/",
            trained,
            learner.adam.table_moments[i],
            {name.replace(".", "/"): pair[i] for name, pair in moments.items()},
        )
    if best is not None:
        add("best/", trained + running_names(learner), best.table, best.dense)
    for name, rows in (("meter/logits", meter.logits), ("meter/labels", meter.labels)):
        entries.append(Entry(name, rows.shape, "F32", np.ascontiguousarray(rows)))
    return entries


def write_checkpoint(path: Path, learner: Learner, metadata: dict[str, str], entries: list[Entry]) -> None:
    """Writes the file beside its place and renames it: the place never holds half of one. All processes call it."""
    here = learner.here
    partial = path.with_name(f"{path.name}.partial")
    file = partial.open("wb") if here.first else None
    header_length = len(header_of(metadata, entries, dict.fromkeys((entry.name for entry in entries), 0)))
    crcs: dict[str, int] = {}
    whole = 0
    if file is not None:
        file.write(bytes(header_length))
    for entry in entries:
        crc = 0
        for block in blocks_of(entry, learner):
            if file is None:
                continue
            data = block.astype("<f8" if entry.dtype == "F64" else "<f4").tobytes()
            file.write(data)
            crc = google_crc32c.extend(crc, data)
            whole = google_crc32c.extend(whole, data)
        crcs[entry.name] = crc
    if file is not None:
        header = header_of(metadata, entries, crcs)
        length = sum(entry.byte_length for entry in entries)
        seal = joined(google_crc32c.value(header), whole, length)
        at = 8 + len(SEAL_START)
        file.seek(0)
        file.write(header[:at] + f"{seal:08x}".encode() + header[at + len(UNSEALED) :])
        file.flush()
        os.fsync(file.fileno())
        file.close()
        partial.replace(path)
    dist.barrier()


def blocks_of(entry: Entry, learner: Learner) -> Iterator[Array]:
    """The tensor in pieces, in the first process; the others send what they hold."""
    if entry.part is None:
        yield (entry.whole.detach().cpu().numpy() if isinstance(entry.whole, Tensor) else np.asarray(entry.whole))
        return
    table, here = learner.table, learner.here
    rows, width = entry.shape
    at_once = max(1, BLOCK_BYTES // (4 * width))
    for first in range(0, rows, at_once):
        last = min(first + at_once, rows)
        held = [table.held_rows(first, last, rank) for rank in range(here.world)]
        parts = gather_rows(entry.part[held[here.rank]], [s.stop - s.start for s in held], here)
        if parts is None:
            yield np.empty(0)
            continue
        block = np.empty((last - first, width), np.float32)
        for rank, part in enumerate(parts):
            block[(rank - first) % here.world :: here.world] = part.float().cpu().numpy()
        yield block


def header_of(metadata: dict[str, str], entries: list[Entry], crcs: dict[str, int]) -> bytes:
    """Eight bytes of length and the JSON header, padded to a multiple of 8, its checksum still zeros."""
    listed = compact(sorted([key, value] for key, value in metadata.items()))
    contents = {
        "metadata": f"{google_crc32c.value(listed.encode()):08x}",
        "tensors": {name: f"{crc:08x}" for name, crc in crcs.items()},
    }
    members: dict[str, Any] = {"__metadata__": {"crc32c": UNSEALED, **metadata, "contents": compact(contents)}}
    end = 0
    for entry in entries:
        start, end = end, end + entry.byte_length
        members[entry.name] = {"dtype": entry.dtype, "shape": list(entry.shape), "data_offsets": [start, end]}
    text = compact(members).encode()
    text += b" " * (-(8 + len(text)) % 8)
    return len(text).to_bytes(8, "little") + text


def compact(value: Any) -> str:
    """JSON as JavaScript writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def joined(first: int, second: int, length: int) -> int:
    """CRC-32C of bytes of `first` followed by `length` bytes of `second`: zero bytes are a linear map of 32 bits."""
    power = [POLYNOMIAL, *(1 << bit for bit in range(31))]  # one zero bit
    for _ in range(3):
        power = [_image(power, column) for column in power]  # one zero byte
    while length > 0:
        if length & 1:
            first = _image(power, first)
        power = [_image(power, column) for column in power]
        length >>= 1
    return first ^ second


def _image(columns: list[int], word: int) -> int:
    image = 0
    for column in columns:
        if word & 1:
            image ^= column
        word >>= 1
    return image


class CheckpointFile:
    """A checkpoint to read from. Raises ValueError where it is damaged, or is none of the studio's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > path.stat().st_size:
                raise ValueError(f"{path} is no whole safetensors file")
            raw = file.read(length)
        self.start = 8 + length
        try:
            header = json.loads(raw)
        except ValueError:
            raise ValueError(f"{path} is no whole safetensors file") from None
        texts: dict[str, str] = header.pop("__metadata__", {})
        if texts.get("format") != "final-studio-checkpoint" or texts.get("version") != "1":
            raise ValueError(f"{path} is no checkpoint that the studio or this job wrote")
        self.metadata: dict[str, Any] = {
            key: json.loads(value) for key, value in texts.items() if key not in ("crc32c", "format", "version")
        }
        if "parts" in self.metadata:
            raise ValueError(f"{path} holds weights alone: a run cannot be resumed from it")
        self.entries: dict[str, Any] = header
        end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        if self.start + end != path.stat().st_size:
            raise ValueError(f"{path} is cut short, or has more bytes than it should")

    def verify(self, here: Processes) -> None:
        """Reads the whole file in the first process and compares each tensor's checksum. All processes call it."""
        found: list[str | None] = [self._damage() if here.first else None]
        dist.broadcast_object_list(found, src=0, device=here.device)
        if found[0] is not None:
            raise ValueError(f"{self.path} is damaged: {found[0]}")

    def _damage(self) -> str | None:
        """What is wrong with the file; files of the studio's first version have no checksums of single tensors."""
        stated = self.metadata.get("contents", {}).get("tensors")
        if stated is None:
            return None
        with self.path.open("rb") as file:
            for name, entry in self.entries.items():
                start, end = entry["data_offsets"]
                if f"{_crc_of(file, self.start + start, end - start):08x}" != stated.get(name):
                    return f"the checksum of {name} is wrong"
        return None

    def read(self, name: str) -> Array:
        """A tensor, as a view of the file."""
        entry = self.entries.get(name)
        if entry is None:
            raise ValueError(f"{self.path} has no tensor {name}")
        dtype = {"F32": "<f4", "F64": "<f8"}[entry["dtype"]]
        if math.prod(entry["shape"]) == 0:
            return np.empty(entry["shape"], dtype)
        at = self.start + entry["data_offsets"][0]
        return np.memmap(self.path, dtype, "r", at, tuple(entry["shape"]))

    def load(self, learner: Learner) -> Best | None:
        """Puts weights and moments into the learner; gives the best model where the file keeps one."""
        trained, running = learner.model.tensor_names(), running_names(learner)
        dense = dict(dense_of(learner))
        self._fill("", trained + running, learner, learner.table.values, dense)
        for i, letter in enumerate("mv"):
            moments = {name.replace(".", "/"): pair[i] for name, pair in learner.adam.moments.items()}
            self._fill(f"adam/{letter}/", trained, learner, learner.adam.table_moments[i], moments)
        learner.adam.step_count = self.metadata["progress"]["step"]
        if "best/embedding" not in self.entries:
            return None
        best = take_best(learner)
        self._fill("best/", trained + running, learner, best.table, best.dense)
        return best

    @torch.no_grad()
    def _fill(self, prefix: str, names: list[str], learner: Learner, table: Tensor, dense: dict[str, Tensor]) -> None:
        for name in names:
            values = self.read(prefix + name)
            if name not in learner.columns:
                dense[name].copy_(torch.from_numpy(np.array(values)))
                continue
            at_once = max(1, BLOCK_BYTES // (4 * values.shape[1]))
            for first in range(0, len(values), at_once):
                learner.write_rows(table, learner.columns[name], first, values[first : first + at_once])


def saved_checkpoints(folder: Path) -> list[tuple[int, Path]]:
    """The whole checkpoints of a folder with their steps, the newest last."""
    found = []
    for path in folder.glob("final-*.safetensors"):
        try:
            found.append((int(CheckpointFile(path).metadata["progress"]["step"]), path))
        except (ValueError, KeyError):
            continue  # not whole, or not one of ours
    return sorted(found)


def _crc_of(file: BinaryIO, start: int, length: int) -> int:
    file.seek(start)
    crc = 0
    while length > 0:
        data = file.read(min(length, BLOCK_BYTES))
        if not data:
            return -1
        crc = google_crc32c.extend(crc, data)
        length -= len(data)
    return crc


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
