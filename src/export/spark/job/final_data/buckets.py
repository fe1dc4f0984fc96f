"""FuxiCTR's buckets of numbers, bit for bit as the studio's buckets.ts has them."""

import math

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

LEAST_OWN_BUCKET = -1024
LARGEST = 2147483647


def natural_log(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """ln x for 0 < x, the same bits on every machine: src/base/random.ts has the same steps."""
    t, exponents = np.frexp(x)
    low = t < math.sqrt(0.5)
    t = np.where(low, t * 2, t)
    exponents = np.where(low, exponents - 1, exponents)
    t = (t - 1) / (t + 1)
    squared = t * t
    total = np.zeros_like(t)
    for k in range(21, 0, -2):
        total = total * squared + 1 / k
    logarithms: NDArray[np.float64] = 2 * t * total + exponents * math.log(2)
    return logarithms


def _squared_log(values: NDArray[np.float64]) -> Integers:
    log = natural_log(values)
    return np.floor(log * log).astype(np.int64)


def _bucket_starts() -> Integers:
    """At place k the least integer > 2 whose bucket is k, for k ≥ 1."""
    most = int(_squared_log(np.array([LARGEST], np.float64))[0])
    buckets = np.arange(2, most + 1)
    low, high = np.full(len(buckets), 3), np.full(len(buckets), LARGEST)
    while (low < high).any():
        middle = (low + high) // 2
        reached = _squared_log(middle.astype(np.float64)) >= buckets
        low, high = np.where(reached, low, middle + 1), np.where(reached, middle, high)
    return np.concatenate(([3, 3], low))


BUCKET_STARTS = _bucket_starts()


def bucket_of(values: Integers) -> Integers:
    """FuxiCTR's bucket of integers: ⌊ln²x⌋ above 2, down to −1,024 the number itself, then as wide as above."""
    magnitudes = np.abs(values)
    wide = np.searchsorted(BUCKET_STARTS[1:], magnitudes, side="right")
    own = np.where(values >= LEAST_OWN_BUCKET, values, LEAST_OWN_BUCKET - wide)
    return np.where(values > 2, wide, own)


def bucket_of_fraction(values: NDArray[np.float64]) -> Integers:
    whole = np.trunc(values)
    large = _squared_log(np.where(values > 2, values, 3.0))
    far = LEAST_OWN_BUCKET - _squared_log(np.where(whole < LEAST_OWN_BUCKET, -whole, 3.0))
    own = np.where(whole >= LEAST_OWN_BUCKET, whole, far).astype(np.int64)
    return np.where(values > 2, large, own)
