"""Stored values -> table rows and weights, for each way in which numbers may enter the model.

Table rows: the columns' own rows, one each (of a category, and of a column whose numbers have ids, its row out of
vocabulary), then the ids of the numbers column by column, then the frequent values of the categories.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rng import Floats, natural_log

Stored = NDArray[Any]  # a column's numbers as the shards hold them
Ids = NDArray[np.int64]

MISSING = -2147483648
OTHER_COLUMNS = "*"
DEFAULT_MODE = "bucket"


@dataclass
class Encoder:
    """Turns a column's stored numbers into table rows, or into weights of its one table row."""

    oov_row: int
    base: int
    encode: Callable[[Stored], Floats | Ids]  # local ids, 0 being out of vocabulary, or weights
    weighted: bool


def encoders_of(columns: list[dict[str, Any]], integers: str | dict[str, str]) -> list[Encoder]:
    """One encoder a column, in the order of the columns."""
    base = len(columns)
    encoders = []
    for oov_row, column in enumerate(columns):
        mode = mode_of(integers, column["name"])
        encode = local_ids if column["kind"] == "category" else encoding(column, mode)
        weighted = column["kind"] == "integer" and mode not in ("bucket", "quantile")
        encoders.append(Encoder(oov_row, base, encode, weighted))
        base += own_ids(column, mode)
    return encoders


def local_ids(stored: Stored) -> Ids:
    """A category is stored as its local id."""
    return stored.astype(np.int64)


def encoding(column: dict[str, Any], mode: str) -> Callable[[Stored], Floats | Ids]:
    """How a column's numbers enter. A weight is 0 where the number is missing, or the divisor would not be above 0."""
    if mode == "bucket":
        return buckets(column)
    if mode == "quantile":
        return shares(column)
    minimum, maximum = column["minimum"], column["maximum"]
    none: Callable[[Stored], Floats] = lambda stored: np.zeros(len(stored))  # noqa: E731
    if minimum is None or maximum is None:
        return none

    def linear(start: float, span: float) -> Callable[[Stored], Floats]:
        return (lambda stored: np.where(is_missing(stored), 0, (stored - start) / span)) if span > 0 else none

    if mode == "max":
        return linear(0.0, maximum)
    if mode == "minmax":
        return linear(minimum, maximum - minimum)
    if mode == "standard":
        statistics = statistics_of(column, mode)
        return linear(statistics["mean"], statistics["deviation"]) if statistics else none
    if maximum <= 0:
        return none
    span = natural_log(np.array(1.0 + maximum))

    def logarithm(stored: Stored) -> Floats:
        positive = stored > 0
        return np.where(positive, natural_log(1.0 + np.where(positive, stored, 0).astype(np.float64)) / span, 0)

    return logarithm


def buckets(column: dict[str, Any]) -> Callable[[Stored], Ids]:
    """FuxiCTR's buckets, an id for each frequent one: floor(ln(x)**2) above 2, else the number without its fraction."""
    frequent = [bucket["value"] for bucket in column["buckets"][: column["frequent"]]]
    missing_id = frequent.index(None) + 1 if None in frequent else 0
    known = np.array([value for value in frequent if value is not None], np.int64)
    known_ids = np.array([i + 1 for i, value in enumerate(frequent) if value is not None], np.int64)
    rising = np.argsort(known)
    known, known_ids = known[rising], known_ids[rising]
    # In data sets of the first version each negative integer is a bucket.
    least = -1024 if "statistics" in column else -(2**40)

    def encode(stored: Stored) -> Ids:
        missing = is_missing(stored)
        x = np.where(missing, 0, stored).astype(np.float64)
        far = x < least
        squared = natural_log(np.where(x > 2, x, np.where(far, -np.trunc(x), 3.0))) ** 2
        bucket = np.where(
            x > 2, np.floor(squared), np.where(np.trunc(x) < least, least - np.floor(squared), np.trunc(x))
        )
        if len(known) == 0:
            return np.where(missing, missing_id, 0)
        at = np.minimum(np.searchsorted(known, bucket), len(known) - 1)
        return np.where(missing, missing_id, np.where(known[at] == bucket, known_ids[at], 0))

    return encode


def shares(column: dict[str, Any]) -> Callable[[Stored], Ids]:
    """An id for each equal share of the rows, and one for missing numbers where there are any."""
    bounds = np.array(quantiles_of(column), np.float64)
    missing_id = own_ids(column, "quantile") if column["missing"] > 0 else 0
    return lambda stored: np.where(
        is_missing(stored), missing_id, np.searchsorted(bounds, stored.astype(np.float64), side="right") + 1
    )


def own_ids(column: dict[str, Any], mode: str) -> int:
    """Table rows of a column besides its out-of-vocabulary row."""
    if column["kind"] == "category" or mode == "bucket":
        frequent: int = column["frequent"]
        return frequent
    return len(quantiles_of(column)) + 1 + (column["missing"] > 0) if mode == "quantile" else 0


def quantiles_of(column: dict[str, Any]) -> list[float]:
    statistics = statistics_of(column, "quantile")
    return statistics["quantiles"] if statistics else []


def statistics_of(column: dict[str, Any], mode: str) -> dict[str, Any] | None:
    if "statistics" not in column:
        raise ValueError(f"column {column['name']}: the data set lacks the statistics that {mode} needs")
    statistics: dict[str, Any] | None = column["statistics"]
    return statistics


def mode_of(integers: str | dict[str, str], column: str) -> str:
    """How a column of numbers enters: one way for all, or a map in which "*" is all that are not named."""
    if isinstance(integers, str):
        return integers
    return integers.get(column, integers.get(OTHER_COLUMNS, DEFAULT_MODE))


def is_missing(stored: Stored) -> NDArray[np.bool_]:
    missing: NDArray[np.bool_] = np.isnan(stored) if stored.dtype.kind == "f" else stored == MISSING
    return missing
