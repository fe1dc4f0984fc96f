"""What a data set says of a column of numbers, in memory that does not grow with its rows.

The counts of two blocks add up to those of both, whatever the order: moments are exact integers, and the sketch ends at the
same resolution. The studio's numberMoments.ts and describeNumbers.ts compute the same.
"""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from final_data.buckets import bucket_of, bucket_of_fraction
from final_data.sketch import Integers, Sketch, keys_of_fractions
from final_data.table import MISSING

# Integers from 0 on that are counted one by one, outside the sketch.
SMALL = 4096
# A float32 is a whole number of this part.
FRACTION_UNIT = 1 << 149
PERCENTILES = (0.001, 0.25, 0.5, 0.75, 0.999)
MOST_QUANTILES = 64


@dataclass
class NumberCounts:
    """Of one column: all that its part of the manifest is made of."""

    fractions: bool
    missing: int = 0
    negative: int = 0
    minimum: float = math.inf
    maximum: float = -math.inf
    buckets: Counter[int] = field(default_factory=Counter)
    small: Integers = field(default_factory=lambda: np.zeros(SMALL, np.int64))
    # Exact; of fractions in units of 2^-149, and of the squares of that.
    total: int = 0
    squares: int = 0
    sketch: Sketch = field(default_factory=lambda: Sketch(False))

    def __post_init__(self) -> None:
        self.sketch.fractions = self.fractions

    def add(self, values: NDArray[Any]) -> None:
        """Counts the numbers of some rows, at most 2^20 of them: int32 with MISSING, or float32 with NaN."""
        present = values[~np.isnan(values)] if self.fractions else values[values != MISSING]
        self.missing += len(values) - len(present)
        if len(present) == 0:
            return
        self.minimum = min(self.minimum, float(present.min()))
        self.maximum = max(self.maximum, float(present.max()))
        self.negative += int((present < 0).sum())
        if self.fractions:
            self._add_fractions(present)
        else:
            self._add_integers(present.astype(np.int64))

    def merge(self, other: "NumberCounts") -> None:
        self.missing += other.missing
        self.negative += other.negative
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)
        self.buckets.update(other.buckets)
        self.small = self.small + other.small
        self.total += other.total
        self.squares += other.squares
        self.sketch.merge(other.sketch)

    def _add_integers(self, values: Integers) -> None:
        is_small = (values >= 0) & (values < SMALL)
        self.small += np.bincount(values[is_small], minlength=SMALL)
        keys, counts = np.unique(values, return_counts=True)
        self._count_buckets(bucket_of(keys), counts)
        self.total += int((keys * counts).sum())
        # Of a value h · 2^16 + l: no product here needs more than 64 bits.
        high, low = keys >> 16, keys & 0xFFFF
        for part, shift in ((high * high, 32), (high * low, 17), (low * low, 0)):
            self.squares += int((part * counts).sum()) << shift
        far = (keys < 0) | (keys >= SMALL)
        self.sketch.add(keys[far], counts[far])

    def _add_fractions(self, values: NDArray[np.float32]) -> None:
        distinct, counts = np.unique(values, return_counts=True)
        self._count_buckets(bucket_of_fraction(distinct.astype(np.float64)), counts)
        patterns = distinct.view(np.int32).astype(np.int64)
        exponents = (patterns >> 23) & 255
        mantissas = (patterns & 0x7FFFFF) | np.where(exponents > 0, 0x800000, 0)
        squares = mantissas * mantissas
        signed = np.where(patterns < 0, -mantissas, mantissas)
        for exponent in np.unique(exponents).tolist():
            at = exponents == exponent
            # A float32 of exponent 0 is as small as one of exponent 1: m · 2^-149.
            shift = max(1, exponent) - 1
            self.total += int((signed[at] * counts[at]).sum()) << shift
            tops = int(((squares[at] >> 24) * counts[at]).sum())
            rests = int(((squares[at] & 0xFFFFFF) * counts[at]).sum())
            self.squares += ((tops << 24) + rests) << (2 * shift)
        keys = keys_of_fractions(distinct)
        # −0 and 0 have one key.
        different, places = np.unique(keys, return_inverse=True)
        totals = np.zeros(len(different), np.int64)
        np.add.at(totals, places, counts)
        self.sketch.add(different, totals)

    def _count_buckets(self, buckets: Integers, counts: Integers) -> None:
        for bucket, count in zip(buckets.tolist(), counts.tolist(), strict=True):
            self.buckets[bucket] += count


def is_frequent(count: int, rules: dict[str, Any]) -> bool:
    """MindSpore: more often than the threshold. FuxiCTR: at least so often."""
    threshold: int = rules["threshold"]
    return count > threshold if rules["rule"] == "over" else count >= threshold


def describe(name: str, counts: NumberCounts, rules: dict[str, Any], base: int) -> dict[str, Any]:
    """The column in the manifest; `base` is the table row of its first frequent bucket."""
    buckets: list[tuple[int | None, int]] = [*counts.buckets.items()]
    if counts.missing > 0:
        buckets.append((None, counts.missing))
    # By falling count, ties by value, missing first.
    buckets.sort(key=lambda one: (-one[1], -math.inf if one[0] is None else one[0]))
    bins = _all_bins(counts)
    rows = sum(count for _, count in bins)
    bounds = [counts.minimum + 0, counts.maximum + 0] if rows > 0 else [None, None]
    return {
        "name": name,
        "kind": "integer",
        "missing": counts.missing,
        "minimum": bounds[0],
        "maximum": bounds[1],
        **({"fractions": True} if counts.fractions else {}),
        "distinct": len(buckets),
        "frequent": sum(is_frequent(count, rules) for _, count in buckets),
        "base": base,
        "buckets": [{"value": value, "count": count} for value, count in buckets],
        "statistics": None if rows == 0 else _statistics(counts, bins, rows, rules),
    }


Bins = list[tuple[float, int]]


def _all_bins(counts: NumberCounts) -> Bins:
    """All its numbers, the lowest first; small integers each in a bin of its own."""
    bins = list(zip(counts.sketch.least(), counts.sketch.counts.tolist(), strict=True))
    small = [(int(value), int(counts.small[value])) for value in np.flatnonzero(counts.small)]
    return sorted([*bins, *small], key=lambda one: one[0])


def _statistics(counts: NumberCounts, bins: Bins, rows: int, rules: dict[str, Any]) -> dict[str, Any]:
    values, estimated = counts.sketch.distinct()
    unit = FRACTION_UNIT if counts.fractions else 1
    mean = _ratio(counts.total, rows * unit)
    variance = _ratio(rows * counts.squares - counts.total**2, rows * rows * unit * unit)
    needed = max(1, rules["threshold"] + 1 if rules["rule"] == "over" else rules["threshold"])
    shares = min(MOST_QUANTILES, max(2, rows // needed))
    return {
        "mean": mean,
        "deviation": math.sqrt(variance),
        "values": values + int((counts.small > 0).sum()),
        "estimated": estimated,
        "negative": counts.negative,
        "percentiles": [_at_share(bins, rows, share) for share in PERCENTILES],
        "quantiles": _quantiles(bins, rows, shares),
    }


def _at_share(bins: Bins, rows: int, share: float) -> float:
    rank = max(1, math.ceil(share * rows))
    before = 0
    for least, count in bins:
        before += count
        if before >= rank:
            return least
    return bins[-1][0]


def _quantiles(bins: Bins, rows: int, shares: int) -> list[float]:
    """Where shares begin: at the bins nearest to equal shares; a number that many rows have is a share of its own."""
    bounds: list[float] = []
    before, share = 0, 1
    for i, (least, count) in enumerate(bins):
        begins = False
        while share < shares and (rows * share) / shares <= before + count / 2:
            begins = i > 0
            share += 1
        if begins:
            bounds.append(least)
        before += count
    return bounds


def _ratio(a: int, b: int) -> float:
    """a / b by 64 bits of the quotient, as numberMoments.ts rounds it; b > 0."""
    if a == 0:
        return 0.0
    shift = b.bit_length() - abs(a).bit_length() + 64
    # JavaScript divides towards 0.
    quotient = (abs(a) << shift) // b if shift >= 0 else abs(a) // (b << -shift)
    return math.ldexp(float(quotient if a > 0 else -quotient), -shift)
