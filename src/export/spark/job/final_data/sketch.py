"""How often each number of a column occurs, in bounded memory. The studio's numberSketch.ts computes the same."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from final_data.splits import mix32

Integers = NDArray[np.int64]

MOST_BINS = 4096
REGISTER_BITS = 12
REGISTERS = 1 << REGISTER_BITS


@dataclass
class Sketch:
    """How often each number occurs: exactly while few are different, then in bins, halved in resolution until all fit.

    A key is an integer, or the bits of a float32 arranged so that they rise with it. Different numbers are counted by
    HyperLogLog once there are too many (Flajolet et al. 2007; error 1.6 %).
    """

    fractions: bool
    level: int = 0
    keys: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    counts: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    registers: NDArray[np.uint8] | None = None

    def add(self, keys: Integers, counts: Integers) -> None:
        """Adds different keys and how often each occurs."""
        if self.registers is not None:
            self._note(keys)
        self._add_bins(self._bins(keys), counts)
        while len(self.keys) > MOST_BINS:
            self._coarsen()

    def merge(self, other: "Sketch") -> None:
        while self.level < other.level:
            self._coarsen()
        while other.level < self.level:
            other._coarsen()
        if self.registers is not None and other.registers is not None:
            self.registers = np.maximum(self.registers, other.registers)
        self._add_bins(other.keys, other.counts)
        while len(self.keys) > MOST_BINS:
            self._coarsen()

    def least(self) -> list[float]:
        """The least number of each bin, the lowest first."""
        if self.fractions:
            return [float(value) for value in fractions_of(self.keys)]
        if self.level == 0:
            return [int(key) for key in self.keys]
        shift = _shifts(~self.keys, self.level)
        return [int(key) for key in np.where(self.keys >= 0, self.keys, self.keys - ((1 << shift) - 1))]

    def distinct(self) -> tuple[int, bool]:
        """How many different numbers there are, and whether that is an estimate."""
        if self.registers is None:
            return len(self.keys), False
        total = 0.0
        for register in self.registers.tolist():
            total += 2.0**-register
        empty = int((self.registers == 0).sum())
        raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS * REGISTERS) / total
        few = raw <= 2.5 * REGISTERS and empty > 0
        values = REGISTERS * math.log(REGISTERS / empty) if few else raw
        return max(len(self.keys), math.floor(values + 0.5)), True

    def _bins(self, keys: Integers) -> Integers:
        if self.level == 0:
            return keys
        if self.fractions:
            return (keys >> self.level) << self.level
        # Of a negative number −1 − x, so that its bins are halves of those of the next level too.
        magnitudes = np.where(keys < 0, ~keys, keys)
        shift = _shifts(magnitudes, self.level)
        kept = (magnitudes >> shift) << shift
        return np.where(keys < 0, ~kept, kept)

    def _add_bins(self, bins: Integers, counts: Integers) -> None:
        keys = np.concatenate((self.keys, bins))
        self.keys, places = np.unique(keys, return_inverse=True)
        totals = np.zeros(len(self.keys), np.int64)
        np.add.at(totals, places, np.concatenate((self.counts, counts)))
        self.counts = totals

    def _coarsen(self) -> None:
        if self.level == 0:
            self.registers = np.zeros(REGISTERS, np.uint8)
            self._note(self.keys)
        self.level += 1
        keys, counts = self.keys, self.counts
        self.keys, self.counts = np.empty(0, np.int64), np.empty(0, np.int64)
        self._add_bins(self._bins(keys), counts)

    def _note(self, keys: Integers) -> None:
        hashes = mix32((keys & 0xFFFFFFFF).astype(np.uint32) ^ np.uint32(0x2545F491)).astype(np.int64)
        ranks = 33 - _bit_lengths(((hashes << REGISTER_BITS) & 0xFFFFFFFF) | (1 << (REGISTER_BITS - 1)))
        assert self.registers is not None
        np.maximum.at(self.registers, hashes >> (32 - REGISTER_BITS), ranks.astype(np.uint8))


def keys_of_fractions(values: NDArray[np.float32]) -> Integers:
    patterns = (values + np.float32(0)).view(np.int32)
    return np.where(patterns >= 0, patterns, patterns ^ 0x7FFFFFFF).astype(np.int64)


def fractions_of(keys: Integers) -> NDArray[np.float32]:
    patterns = keys.astype(np.int32)
    return np.where(patterns >= 0, patterns, patterns ^ 0x7FFFFFFF).astype(np.int32).view(np.float32)


def _bit_lengths(values: Integers) -> Integers:
    return np.frexp(values.astype(np.float64))[1].astype(np.int64)


def _shifts(magnitudes: Integers, level: int) -> Integers:
    """Bits that a bin's key lacks: `level` below the leading 32."""
    return np.maximum(0, level - (32 - _bit_lengths(magnitudes)) + 1)
