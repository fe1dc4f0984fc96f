"""Which split a row belongs to, by the number of its line or by its time: the same rows as the studio's `preprocess`."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

TRAIN, VALID, TEST = 0, 1, 2
SPLITS = ("train", "valid", "test")
SECONDS = {"d": 86_400, "h": 3_600}

Lines = NDArray[np.int64]
Times = NDArray[np.float64]
# From the numbers of lines, and the seconds since 1970 of their rows (NaN where there is none), to places in SPLITS.
Splitter = Callable[[Lines, Times | None], NDArray[np.int8]]


def mix32(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """MurmurHash3's finaliser, as src/base/random.ts has it."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x85EBCA6B)
    x = x ^ (x >> np.uint32(13))
    x = x * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def splitter(rules: dict[str, Any]) -> Splitter:
    """The splitter of a manifest's rules; those of `random` need `splitRows`, those of `time` need `times`."""
    kind = rules["split"]
    if kind == "hash":
        return _by_hash(rules)
    if kind == "random":
        return _by_shuffle(rules)
    if kind == "time":
        return _by_time(rules)
    return lambda lines, _: np.zeros(len(lines), np.int8)


def _by_hash(rules: dict[str, Any]) -> Splitter:
    salt = _mixed(rules["seed"] + 0x9E3779B9)
    test_below = rules["testShare"] * 4294967296
    valid_below = (rules["testShare"] + rules["validShare"]) * 4294967296

    def split(lines: Lines, _: Times | None) -> NDArray[np.int8]:
        # Above 2^32 lines the number wraps, as JavaScript's bit operations do.
        hashes = mix32((lines & 0xFFFFFFFF).astype(np.uint32) ^ np.uint32(salt)).astype(np.float64)
        return _dealt(hashes, test_below, valid_below)

    return split


def _by_shuffle(rules: dict[str, Any]) -> Splitter:
    """Each split has exactly its share of the lines: as if they were shuffled, and the first ones taken."""
    count = rules["splitRows"]
    test_below = math.floor(rules["testShare"] * count + 0.5)
    valid_below = test_below + math.floor(rules["validShare"] * count + 0.5)

    def split(lines: Lines, _: Times | None) -> NDArray[np.int8]:
        places = _shuffled_places(lines, count, rules["seed"])
        return _dealt(places.astype(np.float64), test_below, valid_below)

    return split


def _shuffled_places(lines: Lines, count: int, seed: int) -> Lines:
    """A Feistel network of four rounds, walked until it falls within the lines (Black and Rogaway 2002)."""
    half = 1
    while 2 ** (2 * half) < count:
        half += 1
    keys = [_mixed(seed + turn * 0x9E3779B9) for turn in (1, 2, 3, 4)]
    places = lines.copy()
    walking = np.arange(len(lines))
    while len(walking) > 0:
        left = places[walking] >> half
        right = places[walking] & ((1 << half) - 1)
        for key in keys:
            mixed = mix32((right & 0xFFFFFFFF).astype(np.uint32) ^ np.uint32(key)).astype(np.int64)
            left, right = right, (left ^ mixed) & ((1 << half) - 1)
        places[walking] = (left << half) + right
        walking = walking[places[walking] >= count]
    return places


def _by_time(rules: dict[str, Any]) -> Splitter:
    valid_from, test_from = rules["times"]["validFrom"], rules["times"]["testFrom"]

    def split(lines: Lines, times: Times | None) -> NDArray[np.int8]:
        splits = np.zeros(len(lines), np.int8)
        if times is not None:
            splits[times >= valid_from] = VALID
            splits[times >= test_from] = TEST
        return splits

    return split


def _dealt(places: Times, test_below: float, valid_below: float) -> NDArray[np.int8]:
    splits = np.full(len(places), TRAIN, np.int8)
    splits[places < valid_below] = VALID
    splits[places < test_below] = TEST
    return splits


def split_times(times: dict[str, Any], first: float, last: float) -> dict[str, Any]:
    """Where the last days or hours begin, in UTC, given the first and the last row's time; None where none is left to train."""
    valid, test = times["valid"], times["test"]
    test_from = last + 1 if _length(test) == 0 else _start(last, test)
    if _length(test) > 0:
        valid_from = test_from - _length(valid)
    else:
        valid_from = test_from if _length(valid) == 0 else _start(last, valid)
    return {"valid": valid, "test": test, "validFrom": valid_from, "testFrom": test_from}


def _start(last: float, span: str) -> float:
    unit = SECONDS[span[-1]]
    return math.floor(last / unit) * unit + unit - _length(span)


def _length(span: str) -> int:
    return int(span[:-1]) * SECONDS[span[-1]]


def _mixed(word: int) -> int:
    return int(mix32(np.array([word & 0xFFFFFFFF], np.uint32))[0])
