"""Lines of a table → cells: where every cell of a column is, for all lines of a piece at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

NEWLINE = 10
BLANKS = b" \t"
# Longer lines are bad ones.
MAX_LINE_BYTES = 1 << 20
MAX_QUOTED_BYTES = 1 << 16
# Such lines are no fault of a file.
EMPTY_LINE = "is empty"


@dataclass(frozen=True)
class Dialect:
    """How a table is written down: bytes, each of one character."""

    separator: int
    # A run of blanks separates two cells, and blanks around a line are no part of one.
    blanks: bool = False
    quote: int | None = None
    # Stands before a character that is meant as it is.
    escape: int | None = None
    # Blanks around a cell are no part of it.
    trimmed: bool = False
    # The separator stands twice between two cells: 1::1193::5.
    doubled: bool = False
    # What a comma in a number is: "decimal", "thousands", or None where numbers have none.
    comma: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether a separator always ends a cell, and nothing else does, where a line has no quote."""
        return not self.doubled and not self.blanks and not self.trimmed and self.escape is None

    def ends_cell(self, line: bytes, p: int) -> bool:
        """Whether a separator is at `p`."""
        return line[p] == self.separator and (not self.doubled or line[p + 1 : p + 2] == line[p : p + 1])


class UnclosedQuote(Exception):
    """A quoted cell does not end in its line."""


@dataclass
class Records:
    """The lines of a piece that have as many cells as they should, and what is wrong with the others."""

    count: int
    # Places among the piece's lines.
    lines: NDArray[np.int64]
    bad: list[tuple[int, str]]
    # The cells of a column.
    column: Callable[[int], pa.BinaryArray]
    # Whether a line of the piece has quotes in it.
    quoted: bool


def read_records(piece: bytes, dialect: Dialect, width: int) -> Records:
    """The cells of the piece's lines. Throws UnclosedQuote where a cell continues in the next line."""
    data = np.frombuffer(piece, np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    starts = np.concatenate(([0], ends[:-1] + 1))
    special = np.zeros(len(ends), bool)
    if not dialect.is_plain:
        special[:] = True
    quoted = dialect.quote is not None and bytes([dialect.quote]) in piece
    if quoted:
        quotes = np.flatnonzero(data == dialect.quote)
        special[np.searchsorted(ends, quotes)] = True
    marks = np.flatnonzero((data == dialect.separator) | (data == NEWLINE))
    last = np.searchsorted(marks, ends)
    cells = np.diff(np.concatenate(([-1], last)))
    too_long = ends - starts > MAX_LINE_BYTES
    whole = (cells == width) & ~special & ~too_long
    bad: list[tuple[int, str]] = []
    for line in np.flatnonzero(~whole & (~special | too_long)).tolist():
        bad.append((line, _fault(int(cells[line]), width, bool(too_long[line]), ends[line] == starts[line])))
    texts: list[list[bytes]] = []
    text_lines: list[int] = []
    for line in np.flatnonzero(special & ~too_long).tolist():
        found = cells_of(piece[starts[line] : ends[line]], dialect)
        if len(found) == width:
            texts.append(found)
            text_lines.append(line)
        else:
            bad.append((line, _fault(len(found), width, False, found == [b""])))
    flat = _all_cells(piece, marks)
    plain_lines = np.flatnonzero(whole)
    first = last[plain_lines] - width + 1
    lines = np.concatenate((plain_lines, np.array(text_lines, np.int64)))
    order = np.argsort(lines, kind="stable")

    def column(place: int) -> pa.BinaryArray:
        # A cell lies there with the separator behind it.
        plain = pc.binary_slice(flat.take(pa.array(first + place)), 0, -1)
        if not texts:
            return plain
        rest = pa.array([text[place] for text in texts], pa.binary())
        return pa.concat_arrays([plain, rest]).take(pa.array(order))

    return Records(len(lines), lines[order], sorted(bad), column, quoted)


def cells_of(line: bytes, dialect: Dialect) -> list[bytes]:
    """The cells of one line, in any dialect. A quote that closes nowhere it could stands for itself."""
    cells: list[bytes] = []
    skips = dialect.blanks or dialect.trimmed
    blanks = {32} if dialect.separator == 9 else {32, 9}
    end = len(line)
    p = 0
    while True:
        if skips:
            while p < end and line[p] in blanks:
                p += 1
        close = _closing_quote(line, p, dialect) if p < end and line[p] == dialect.quote else None
        if close is not None:
            cells.append(_unescaped(line[p + 1 : close], dialect))
            p = close + 1
            while p < end and not dialect.ends_cell(line, p):
                p += 1
        else:
            start = p
            while p < end and not dialect.ends_cell(line, p) and not (dialect.blanks and line[p] == 9):
                p += 2 if line[p] == dialect.escape else 1
            if p > end:
                raise UnclosedQuote
            cell = line[start:p]
            cell = cell.rstrip(BLANKS) if skips else cell
            cells.append(_unescaped(cell, dialect) if dialect.escape is not None else cell)
        if p >= end:
            return cells
        p += 2 if dialect.doubled else 1
        if dialect.blanks and not line[p:].strip(b" \t\r"):
            return cells


def _closing_quote(line: bytes, start: int, dialect: Dialect) -> int | None:
    """Where the quoted cell ends that begins at `start`; None where the quote stands for itself."""
    i = start + 1
    while i < len(line) and i < start + MAX_QUOTED_BYTES:
        if line[i] == dialect.escape:
            i += 2
            continue
        if line[i] != dialect.quote:
            i += 1
            continue
        if i + 1 < len(line) and line[i + 1] == dialect.quote:
            i += 2
            continue
        after = i + 1
        if dialect.trimmed or dialect.blanks:
            while after < len(line) and line[after] in BLANKS:
                after += 1
        ends = after >= len(line) or dialect.ends_cell(line, after) or line[after] == 13
        return i if ends or (dialect.blanks and after > i + 1) else None
    if i >= start + MAX_QUOTED_BYTES:
        return None
    raise UnclosedQuote


def _unescaped(cell: bytes, dialect: Dialect) -> bytes:
    if dialect.escape is None:
        if dialect.quote is None or dialect.quote not in cell:
            return cell
        quote = bytes([dialect.quote])
        return cell.replace(quote + quote, quote)
    text = bytearray()
    p = 0
    while p < len(cell):
        byte = cell[p]
        following = cell[p + 1] if p + 1 < len(cell) else None
        if following is not None and (byte == dialect.escape or (byte == dialect.quote == following)):
            p += 1
        text.append(cell[p])
        p += 1
    return bytes(text)


def _all_cells(piece: bytes, marks: NDArray[np.int64]) -> pa.BinaryArray:
    """All cells of a piece, each with its separator, over the piece's own bytes."""
    offsets = np.empty(len(marks) + 1, np.int32)
    offsets[0] = 0
    offsets[1:] = marks + 1
    buffers: list[Any] = [None, pa.py_buffer(offsets), pa.py_buffer(piece)]
    return pa.Array.from_buffers(pa.binary(), len(marks), buffers)


def _fault(cells: int, width: int, too_long: bool, empty: bool) -> str:
    if too_long:
        return f"is longer than {MAX_LINE_BYTES} bytes"
    if empty:
        return EMPTY_LINE
    return f"has {cells} column{'' if cells == 1 else 's'} instead of {width}"
