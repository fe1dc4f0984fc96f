"""Pieces of a log → rows, column by column, by the roles that job.json gives the columns."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from final_data.files import JobError
from final_data.manifest import js_number
from final_data.records import Dialect, Records, cells_of, read_records
from final_data.times import time_of

# Stands for a missing integer in the shards.
MISSING = -2147483648
LARGEST = 2147483647
TAB = 9
# Words and signs that stand for a number that is missing.
MISSING_NUMBER = re.compile(
    rb"(\\n|[+-]?nan|null|\(null\)|nil|none|na|n/a|#n/a( n/a)?|n\.a\.?|<na>|nat|undefined|void|missing"
    rb"|unknown|-+|\?+|\.|\*|#null!|#div/0!|#value!|#num!|#ref!|-?1\.#(ind|qnan))",
    re.IGNORECASE,
)
MISSING_VALUES = [b"\\N", b"NaN", b"nan", b"NULL", b"null", b"None", b"<NA>", b"#N/A"]
DECIMAL = re.compile(rb"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|[+-]?inf(inity)?", re.IGNORECASE)
# Blanks and apostrophes between groups of three digits, as single bytes and in UTF-8.
GAPS = re.compile(rb"(?<=[0-9])(?: |'|\xa0|\xc2\xa0|\xe2\x80[\xaf\x89\x99])(?=[0-9]{3}(?![0-9]))")
COMMA_GROUPS = re.compile(rb"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
POINT_GROUPS = re.compile(rb"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?")
WHOLE = re.compile(rb"[+-]?([0-9]+(\.0*)?|[0-9]\.?[0-9]*e[+-]?[0-9]+)", re.IGNORECASE)
# Around a name, what nobody sees.
UNSEEN = re.compile(r"^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$")
# What JavaScript's trim takes away of characters of one byte.
WHITESPACE = b" \t\n\r\x0b\x0c\xa0"


@dataclass(frozen=True)
class Column:
    """A column of the log that the data set has, at `place` in its lines."""

    name: str
    place: int
    missing: tuple[bytes, ...] = ()
    fill: bytes | None = None
    # Said to be of any numbers, large ones too.
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """What a file's lines hold."""

    dialect: Dialect
    width: int
    header_lines: int
    # Read as Criteo's log is: cells are taken as they are, blanks and all.
    plain: bool
    label: int
    click: tuple[str, ...]
    other: tuple[str, ...]
    numbers: tuple[Column, ...]
    categories: tuple[Column, ...]
    time: tuple[int, str] | None


@dataclass
class Rows:
    """Rows of a piece; every array has one element a row."""

    # Places of the rows among the piece's lines, and how many lines the piece has.
    lines: NDArray[np.int64]
    line_count: int
    bad: list[tuple[int, str]]
    labels: NDArray[np.int32]
    times: NDArray[np.float64] | None
    # int32 with MISSING for a missing integer, or float32 with NaN where the column has fractions.
    numbers: list[NDArray[Any]]
    categories: list[pa.BinaryArray]


def table_of(job: dict[str, Any], header: bytes | None, uri: str) -> Table:
    """The table that a file with this header is, by job.json. Throws a JobError where a column is not in it."""
    source = job["source"]
    columns: list[dict[str, Any]] = source["columns"]
    dialect = dialect_of(source["dialect"])
    width = len(columns)
    own: list[str] = [column["name"] for column in columns]
    names = own
    if header is not None:
        names = header_names(header, dialect)
        # As pandas numbers columns without names.
        numbers = [name for name in names if not name.startswith("Unnamed: ")]
        if len(numbers) > 1 and numbers == [str(c) for c in range(len(numbers))]:
            names = own
        # A separator behind the names alone.
        if len(names) == width + 1 and names[-1] == f"Unnamed: {width}":
            names = names[:-1]
        # One may be missing: of row names, or behind a last separator.
        if len(names) == width - 1:
            last = f"Unnamed: {width - 1}"
            names = [*names, last] if columns[-1]["name"] == last else ["Unnamed: 0", *names]

    def place(name: str) -> int:
        if name not in names:
            shown = ", ".join(names[:8])
            raise JobError(
                f'{uri} has no column "{name}": its header is {shown}. All files need the same columns.'
            )
        return names.index(name)

    def column(choice: dict[str, Any], name: str) -> Column:
        missing = tuple(text.encode() for text in choice.get("missing", []))
        fill = choice.get("fill")
        filled = None if fill is None else fill.encode()
        return Column(name, place(choice["name"]), missing, filled, choice["role"] == "number")

    def columns_of(roles: tuple[str, ...], names: list[str]) -> tuple[Column, ...]:
        chosen = [choice for choice in columns if choice["role"] in roles]
        return tuple(column(choice, name) for choice, name in zip(chosen, names, strict=True))

    label = next(choice for choice in columns if choice["role"] == "label")
    time = next((choice for choice in columns if choice["role"] == "time"), None)
    return Table(
        dialect,
        len(names),
        source["headerLines"],
        source["plain"],
        place(label["name"]),
        tuple(source["click"]),
        tuple(source["other"]),
        columns_of(("integer", "number"), job["numbers"]),
        columns_of(("category",), job["categories"]),
        (place(time["name"]), source["timeKind"]) if time and source["timeKind"] else None,
    )


def dialect_of(written: dict[str, Any]) -> Dialect:
    return Dialect(
        written["separator"],
        written.get("blanks", False),
        written.get("quote"),
        written.get("escapeByte"),
        written.get("trimmed", False),
        written.get("doubled", False),
        written.get("comma"),
    )


def header_names(header: bytes, dialect: Dialect) -> list[str]:
    """The names in a file's first line."""
    names = [UNSEEN.sub("", cell.decode("utf-8", "replace")) for cell in cells_of(header, dialect)]
    # Behind a blank no quote opens a cell: click, "price".
    unquoted = [re.sub(r'^"([^"]+)"$', lambda quoted: quoted[1].strip(), name) for name in names]
    return [name or f"Unnamed: {c}" for c, name in enumerate(unquoted)]


def read_rows(piece: bytes, table: Table, fractions: list[bool]) -> Rows:
    """The rows of a piece of whole lines; `fractions` says which columns of numbers are kept as float32."""
    records = read_records(piece, table.dialect, table.width)
    plain = table.plain and not records.quoted
    # What is wrong with a row, by its place; the first fault counts.
    faults: dict[int, str] = {}

    def note(rows: NDArray[np.int64], reasons: list[str]) -> None:
        for row, reason in zip(rows.tolist(), reasons, strict=True):
            faults.setdefault(row, reason)

    labels = _labels(records.column(table.label), table, plain, note)
    numbers = [
        _numbers(records.column(column.place), column, table, plain, fraction, note)
        for column, fraction in zip(table.numbers, fractions, strict=True)
    ]
    times = times_in(records, table)
    categories = [
        _categories(records.column(column.place), column, table, plain, note) for column in table.categories
    ]
    good = np.ones(records.count, bool)
    good[list(faults)] = False
    if not good.all():
        kept = pa.array(np.flatnonzero(good))
        categories = [column.take(kept) for column in categories]
    bad = records.bad + [(int(records.lines[row]), reason) for row, reason in faults.items()]
    return Rows(
        records.lines[good],
        piece.count(b"\n"),
        sorted(bad),
        labels[good],
        None if times is None else times[good],
        [column[good] for column in numbers],
        categories,
    )


Note = Callable[[NDArray[np.int64], list[str]], None]


def times_in(records: Records, table: Table) -> NDArray[np.float64] | None:
    """When each row was, in seconds since 1970, NaN where it does not say so; None where no column does."""
    if not table.time:
        return None
    place, kind = table.time
    return _each(records.column(place), lambda text: time_of(text.strip(WHITESPACE), kind), np.float64)


def _each(cells: pa.BinaryArray, read: Callable[[bytes], float], dtype: Any) -> NDArray[Any]:
    """`read` of every cell, called once for each different one."""
    encoded = cells.dictionary_encode()
    values = np.array([read(value) for value in encoded.dictionary.to_pylist()], dtype)
    return values[encoded.indices.to_numpy()] if len(cells) > 0 else np.empty(0, dtype)


def _labels(cells: pa.BinaryArray, table: Table, plain: bool, note: Note) -> NDArray[np.int32]:
    known = {text.encode(): 0 for text in table.other} | {text.encode(): 1 for text in table.click}
    if plain:
        known = {b"0": 0, b"1": 1}

    def read(cell: bytes) -> int:
        return known.get(cell, known.get(label_text(cell), -1))

    labels = _each(cells, read, np.int32)
    wrong = np.flatnonzero(labels < 0)
    if len(wrong) > 0:
        found = cells.take(pa.array(wrong)).to_pylist()
        note(wrong, [_label_fault(cell, table, plain) for cell in found])
    return labels


def label_text(value: bytes) -> bytes:
    """A label's value as it is compared: 1.0 is 1, and so is 1.000e+00."""
    text = value.strip(WHITESPACE)
    if not WHOLE.fullmatch(text) or not float(text).is_integer():
        return text
    return b"%d" % int(float(text))


def _label_fault(answer: bytes, table: Table, plain: bool) -> str:
    if answer == b"" or (plain and label_text(answer) == b""):
        return "has no label"
    if plain:
        return "has a label that is neither 0 nor 1"
    known = [*table.other, *table.click]
    what = f"neither {known[0]} nor {known[1]}" if len(known) == 2 else f"none of {', '.join(known)}"
    return f'has the label "{_shown(answer)}", which is {what}'


def _shown(text: bytes) -> str:
    return text.decode("utf-8", "replace")[:40]


def decimal(text: bytes) -> float:
    """The number that a text writes, with or without fraction and exponent; NaN for anything else."""
    return float(text) if DECIMAL.fullmatch(text) else math.nan


def number_in(text: bytes, comma: str | None) -> float:
    """The number that a text writes in a table where a comma means this; NaN for anything else."""
    number = decimal(text)
    if not math.isnan(number) and comma != "decimal":
        return number
    closed = GAPS.sub(b"", text)
    if comma == "decimal":
        grouped = closed.replace(b".", b"") if POINT_GROUPS.fullmatch(closed) else closed
        return decimal(grouped.replace(b",", b".", 1))
    has_groups = comma == "thousands" and COMMA_GROUPS.fullmatch(closed)
    return decimal(closed.replace(b",", b"") if has_groups else closed)


def _numbers(
    cells: pa.BinaryArray, column: Column, table: Table, plain: bool, fraction: bool, note: Note
) -> NDArray[Any]:
    missing = math.nan
    fill = math.nan if column.fill is None else float(column.fill)
    # -999.0 where it is -999.
    nones = {number for number in map(decimal, column.missing) if not math.isnan(number)}
    # Missing numbers and wrong ones are both NaN; the latter are listed here.
    wrong: dict[bytes, str] = {}

    def read(cell: bytes) -> float:
        text = cell.strip(WHITESPACE)
        if plain:
            if text == b"" or MISSING_NUMBER.fullmatch(text):
                return missing
            value = number_in(text, None)
            if not math.isfinite(value) or not (fraction or value.is_integer()):
                wrong[cell] = f"which is not {'a number' if fraction else 'an integer'}"
                return missing
        else:
            value = number_in(text, table.dialect.comma)
            if text == b"" or MISSING_NUMBER.fullmatch(text) or text in column.missing or value in nones:
                value = fill
                if math.isnan(value):
                    return missing
            elif math.isnan(value):
                wrong[cell] = "which is not a number"
                return missing
        fault = _number_fault(value, fraction)
        if fault:
            wrong[cell] = fault
            return missing
        return value

    encoded = cells.dictionary_encode()
    distinct = encoded.dictionary
    simple = pc.match_substring_regex(distinct, "^-?[0-9]{1,9}$")
    if plain or not column.missing:
        values = np.full(len(distinct), math.nan)
        quick = simple.to_numpy(zero_copy_only=False)
        digits = distinct.filter(simple)
        texts = pa.Array.from_buffers(pa.string(), len(digits), digits.buffers(), offset=digits.offset)
        values[quick] = texts.cast(pa.int64()).to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(~quick).tolist():
            values[place] = read(distinct[place].as_py())
    else:
        values = np.array([read(value) for value in distinct.to_pylist()], np.float64)
    indices = encoded.indices.to_numpy()
    if wrong:
        bad_places = [place for place, value in enumerate(distinct.to_pylist()) if value in wrong]
        rows = np.flatnonzero(np.isin(indices, bad_places))
        found = [distinct[place].as_py() for place in indices[rows].tolist()]
        comma = table.dialect.comma
        note(rows, [_number_reason(cell, column.name, wrong[cell], plain, comma) for cell in found])
    kept = (
        values.astype(np.float32)
        if fraction
        else np.where(np.isnan(values), MISSING, values).astype(np.int32)
    )
    rows_of_values: NDArray[Any] = kept[indices]
    return rows_of_values


def _number_fault(value: float, fraction: bool) -> str | None:
    if not math.isfinite(value):
        return "which is no finite number"
    if fraction:
        with np.errstate(over="ignore"):
            finite = bool(np.isfinite(np.float32(value)))
        return None if finite else "which is too large for a float of 32 bits"
    if not value.is_integer():
        return "which is not an integer, as the column's numbers are kept"
    return "which needs more than 32 bits" if abs(value) > LARGEST else None


def _number_reason(cell: bytes, name: str, fault: str, plain: bool, comma: str | None) -> str:
    if plain:
        return f'has "{_shown(cell)}" in column {name}, {fault}'
    text = cell.strip(WHITESPACE)
    value = number_in(text, comma)
    if math.isnan(value):
        return f'has "{_shown(text)}" in column {name}, {fault}'
    return f"has {js_number(value)} in column {name}, {fault}"


def _categories(
    cells: pa.BinaryArray, column: Column, table: Table, plain: bool, note: Note
) -> pa.BinaryArray:
    """Values as a vocabulary holds them: what stands for none is empty, or what the column is filled with."""
    encoded = cells.dictionary_encode()
    values = encoded.dictionary
    if not plain or table.dialect.separator != TAB:
        values = pc.replace_substring_regex(values, r"[\t\n\r]+", " ")
    broken = _not_text(values)
    if broken:
        rows = np.flatnonzero(np.isin(encoded.indices.to_numpy(), broken))
        found = values.take(encoded.indices.take(pa.array(rows))).to_pylist()
        note(rows, [f'has "{_shown(cell)}" in column {column.name}, which is not UTF-8' for cell in found])
    none = pc.is_in(values, value_set=pa.array([b"", *MISSING_VALUES], pa.binary()))
    if not plain:
        none = pc.or_(none, pc.match_substring_regex(values, "^ +$"))
        if column.missing:
            none = pc.or_(none, pc.is_in(values, value_set=pa.array(column.missing, pa.binary())))
    empty = b"" if plain or column.fill is None else column.fill
    values = pc.if_else(none, pa.scalar(empty, pa.binary()), values)
    return values.take(encoded.indices)


def _not_text(values: pa.BinaryArray) -> list[int]:
    """The places of values that are not UTF-8."""
    try:
        values.cast(pa.string())
        return []
    except pa.ArrowInvalid:
        return [place for place, value in enumerate(values.to_pylist()) if not _is_text(value)]


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
        return True
    except UnicodeDecodeError:
        return False
