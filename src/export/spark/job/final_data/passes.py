"""What a task does with a block of the log, in each of the three passes: survey, count, encode."""

import json
import math
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from final_data.files import Block, JobError, read_block, read_header
from final_data.numbers import NumberCounts
from final_data.records import EMPTY_LINE, UnclosedQuote, read_records
from final_data.shards import ShardWriter, shard_schema
from final_data.splits import SPLITS, TRAIN, splitter
from final_data.table import (
    LARGEST,
    WHITESPACE,
    Column,
    Rows,
    Table,
    number_in,
    read_rows,
    table_of,
    times_in,
)

# Bad lines that a block shows.
BAD_LINE_EXAMPLES = 20
# Rows whose `column` is one of these hold something else than a value of a category.
NUMBERS, LINES = -1, -2

REPORT = pa.schema([("report", pa.string())])
COUNTS = pa.schema(
    [("column", pa.int32()), ("value", pa.binary()), ("count", pa.int64()), ("first", pa.int64())]
)


@dataclass
class Work:
    """What every task needs to know. `rules` have `splitRows` or `times` once the survey is done."""

    job: dict[str, Any]
    blocks: list[Block]
    fractions: list[bool]
    rules: dict[str, Any]
    output: str
    # Of each category the frequent values in the order of their ids; none before the last pass.
    vocabulary: list[pa.BinaryArray]

    def table(self, block: Block) -> Table:
        lines = self.job["source"]["headerLines"]
        header = read_header(block.uri, lines) if lines > 0 else None
        return table_of(self.job, header, block.uri)


def survey(work: Work, block: Block) -> dict[str, Any]:
    """Lines of a block, which columns of numbers have fractions, the first and last time, and how many lines have none."""
    source = work.job["source"]
    table = work.table(block)
    # Numbers that are kept as float32 without a point in them.
    large = table.dialect.comma == "decimal" or any(column.is_number for column in table.numbers)
    lines = 0
    fractions = [False] * len(table.numbers)
    first, last, untimed = float("inf"), float("-inf"), 0
    for piece in _pieces(block, table):
        lines += piece.count(b"\n")
        may = large or any(sign in piece for sign in (b".", b"e", b"E"))
        looks = source["mayHaveFractions"] and may
        timed = work.rules["split"] == "time"
        if not looks and not timed and not _has_quotes(piece, table):
            continue
        try:
            records = read_records(piece, table.dialect, table.width)
        except UnclosedQuote:
            raise JobError(
                f"{block.uri} has a quoted cell that does not end in its line. This job reads a row a line: "
                "write the table without line ends in its cells, or prepare it with the studio's preprocess."
            ) from None
        times = times_in(records, table) if timed else None
        if times is not None:
            known = times[~np.isnan(times)]
            untimed += piece.count(b"\n") - len(known)
            first, last = float(known.min(initial=first)), float(known.max(initial=last))
        if looks:
            for c, column in enumerate(table.numbers):
                if not fractions[c]:
                    fractions[c] = _needs_float(records.column(column.place), column, table)
    return {
        "block": block.number,
        "lines": lines,
        "fractions": fractions,
        "first": first,
        "last": last,
        "untimed": untimed,
    }


def count(work: Work, block: Block) -> Iterator[pa.RecordBatch]:
    """How often each value occurs in the rows that ids are fitted on, what the numbers are, and which lines are bad."""
    split = splitter(work.rules)
    by_first = work.rules["idOrder"] == "first-seen"
    numbers = [NumberCounts(fraction) for fraction in work.fractions]
    bad, empty = 0, 0
    examples: list[tuple[int, str]] = []
    for lines, rows in _rows(work, block):
        bad += len(rows.bad)
        empty += sum(reason == EMPTY_LINE for _, reason in rows.bad)
        examples += rows.bad[: BAD_LINE_EXAMPLES - len(examples)]
        fit = np.ones(len(lines), bool)
        if work.rules["fittedOn"] == "train":
            fit = split(lines, rows.times) == TRAIN
        for counts, column in zip(numbers, rows.numbers, strict=True):
            counts.add(column[fit])
        fitted = pa.array(np.flatnonzero(fit))
        for c, values in enumerate(rows.categories):
            if by_first:
                yield _first_seen(c, values, fit, lines)
                continue
            found = pc.value_counts(values.take(fitted))
            nothing = np.zeros(len(found), np.int64)
            yield _counts(c, found.field("values"), found.field("counts"), nothing)
    yield _note(NUMBERS, pickle.dumps((block.number, numbers)))
    yield _note(
        LINES, json.dumps({"block": block.number, "bad": bad, "empty": empty, "examples": examples}).encode()
    )


def encode(work: Work, block: Block) -> dict[str, Any]:
    """Writes the block's shards; what the manifest says of them."""
    split = splitter(work.rules)
    schema = shard_schema(work.fractions, len(work.vocabulary))
    small = [f"C{c + 1}" for c, values in enumerate(work.vocabulary) if len(values) <= 1500]
    writers = [ShardWriter(work.output, name, block.number, schema, ["label", *small]) for name in SPLITS]
    count = 0
    for lines, rows in _rows(work, block):
        count += rows.line_count
        ids = [_ids(values, known) for values, known in zip(rows.categories, work.vocabulary, strict=True)]
        table = pa.table([rows.labels, *rows.numbers, *ids], schema=schema)
        splits = split(lines, rows.times)
        for s, writer in enumerate(writers):
            chosen = np.flatnonzero(splits == s)
            if len(chosen) > 0:
                writer.append(table if len(chosen) == len(table) else table.take(pa.array(chosen)))
    shards = [shard for writer in writers for shard in writer.finish()]
    return {"block": block.number, "lines": count, "shards": shards}


def merge_numbers(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Notes of what several blocks' numbers are → one of all of them."""
    notes = [value for batch in batches for value in batch.column("value").to_pylist()]
    if notes:
        first, _ = pickle.loads(notes[0])
        yield _note(NUMBERS, pickle.dumps((first, _merged(notes))))


def numbers_in(batches: Iterable[pa.RecordBatch]) -> list[NumberCounts]:
    """The counts of each column of numbers that the notes hold together."""
    return _merged(value for batch in batches for value in batch.column("value").to_pylist())


def _merged(notes: Iterable[bytes]) -> list[NumberCounts]:
    merged: list[NumberCounts] | None = None
    for note in notes:
        _, numbers = pickle.loads(note)
        if merged is None:
            merged = numbers
            continue
        for into, counts in zip(merged, numbers, strict=True):
            into.merge(counts)
    return merged or []


def _pieces(block: Block, table: Table) -> Iterator[bytes]:
    """The block's lines without those above the rows."""
    above = table.header_lines if block.start == 0 else 0
    for number, piece in enumerate(read_block(block)):
        yield piece.split(b"\n", above)[-1] if number == 0 and above > 0 else piece


def _rows(work: Work, block: Block) -> Iterator[tuple[NDArray[np.int64], Rows]]:
    """The block's rows with the numbers of their lines; bad lines are numbered through all files too."""
    table = work.table(block)
    before = block.first_line
    for piece in _pieces(block, table):
        rows = read_rows(piece, table, work.fractions)
        rows.bad = [(before + line, reason) for line, reason in rows.bad]
        yield rows.lines + before, rows
        before += rows.line_count


def _has_quotes(piece: bytes, table: Table) -> bool:
    quote, escape = table.dialect.quote, table.dialect.escape
    return any(byte is not None and bytes([byte]) in piece for byte in (quote, escape))


def _needs_float(cells: pa.BinaryArray, column: Column, table: Table) -> bool:
    texts = cells.unique()
    texts = texts.filter(pc.invert(pc.match_substring_regex(texts, "^[0-9]{0,9}$")))
    values = (number_in(cell.strip(WHITESPACE), table.dialect.comma) for cell in texts.to_pylist())
    return any(
        not math.isnan(value)
        and not math.isinf(value)
        and (value % 1 != 0 or (column.is_number and abs(value) > LARGEST))
        for value in values
    )


def _ids(values: pa.BinaryArray, vocabulary: pa.BinaryArray) -> pa.Int32Array:
    """Local ids: 1, 2, … in the vocabulary's order, 0 for a value that is not in it."""
    encoded = values.dictionary_encode()
    places = pc.index_in(encoded.dictionary, value_set=vocabulary)
    ids = pc.fill_null(pc.add(places, pa.scalar(1, pa.int32())), 0)
    return ids.take(encoded.indices)


def _first_seen(
    c: int, values: pa.BinaryArray, fit: NDArray[np.bool_], lines: NDArray[np.int64]
) -> pa.RecordBatch:
    """Counts of the rows that ids are fitted on, and the first line among all rows."""
    table = pa.table({"value": values, "count": fit.astype(np.int64), "first": lines})
    found = table.group_by("value").aggregate([("count", "sum"), ("first", "min")]).combine_chunks()
    value, total, first = (
        found.column(name).combine_chunks() for name in ("value", "count_sum", "first_min")
    )
    return _counts(c, value, total, first)


def _counts(c: int, values: Any, counts: Any, first: Any) -> pa.RecordBatch:
    columns = [np.full(len(values), c, np.int32), values, counts, first]
    return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=COUNTS)


def _note(kind: int, value: bytes) -> pa.RecordBatch:
    return _counts(kind, pa.array([value], pa.binary()), np.ones(1, np.int64), np.zeros(1, np.int64))
