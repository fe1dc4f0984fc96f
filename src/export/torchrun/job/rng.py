"""The studio's random numbers: the same batches, initial values and dropout masks in Python, bit for bit.

xoshiro128** (Blackman and Vigna 2018), its state filled by MurmurHash3's finaliser. Python draws one number at a time
slowly, so the stream is cut into lanes of 256 numbers that NumPy draws side by side. Where each lane starts is
algebra: the generator's step is linear over GF(2), so 256 steps are one matrix of 128 x 128 bits.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Words = NDArray[np.uint32]

MASK = 0xFFFFFFFF
GOLDEN = 0x9E3779B9
LANE = 256
LANES_AT_ONCE = 4096


def mix32(x: Any) -> Any:
    """MurmurHash3's 32-bit finaliser of Python's integers, or of tensors of int64, all within 0 ... 2**32 - 1."""
    x = x ^ (x >> 16)
    x = (x * 0x85EBCA6B) & MASK
    x = x ^ (x >> 13)
    x = (x * 0xC2B2AE35) & MASK
    return x ^ (x >> 16)


def hash32(*words: int) -> int:
    """A hash of several integers, which names a stream of numbers."""
    h = GOLDEN
    for word in words:
        h = mix32(((h * 31) ^ mix32(((word & MASK) + GOLDEN) & MASK)) & MASK)
    return h


def natural_log(x: Floats) -> Floats:
    """ln x for 0 < x by additions, products and quotients alone: math libraries differ in the last bit."""
    mantissa, exponent = np.frexp(x)  # mantissa in [0.5, 1)
    small = mantissa < math.sqrt(0.5)
    mantissa = np.where(small, mantissa * 2, mantissa)
    exponent = exponent - small
    t = (mantissa - 1) / (mantissa + 1)
    t2 = t * t
    total = np.zeros_like(t)
    for k in range(21, 0, -2):
        total = total * t2 + 1 / k
    return 2 * t * total + exponent * math.log(2)


class Random:
    """The stream of numbers that the studio's createRandom(...seed) draws."""

    def __init__(self, *seed: int) -> None:
        base = hash32(*seed)
        words = [mix32((base + (i + 1) * GOLDEN) & MASK) for i in range(4)]
        self._state = np.array(words, np.uint32).reshape(4, 1)
        self._words = np.empty(0, np.uint32)
        self._normals = np.empty(0)

    def uint32(self, count: int) -> Words:
        """The next `count` numbers."""
        parts = [self._words]
        missing = count - len(self._words)
        while missing > 0:
            drawn = self._draw(min(LANES_AT_ONCE, -(-missing // LANE)))
            parts.append(drawn)
            missing -= len(drawn)
        words = np.concatenate(parts)
        self._words = words[count:]
        return words[:count]

    def uniform(self, count: int) -> Floats:
        """In [0, 1), with 32 random bits each."""
        return self.uint32(count) / 4294967296.0

    def normal(self, count: int) -> Floats:
        """Of N(0, 1) by Marsaglia's polar method: a pair of numbers in the unit circle gives two."""
        parts = [self._normals]
        missing = count - len(self._normals)
        while missing > 0:
            pairs = min(LANES_AT_ONCE * LANE, int(missing * 0.7) + 64)
            u, v = 2 * self.uniform(2 * pairs).reshape(pairs, 2).T - 1
            q = u * u + v * v
            inside = (q < 1) & (q > 0)
            u, v, q = u[inside], v[inside], q[inside]
            factor = np.sqrt((-2 * natural_log(q)) / q)
            parts.append(np.stack([u * factor, v * factor], axis=1).reshape(-1))
            missing -= 2 * len(q)
        normals = np.concatenate(parts)
        self._normals = normals[count:]
        return normals[:count]

    def shuffled(self, count: int) -> NDArray[np.int64]:
        """0 ... count - 1 in the order into which Fisher and Yates' shuffle brings them."""
        last = np.arange(count - 1, 0, -1)
        partners = np.floor(self.uniform(len(last)) * (last + 1)).astype(np.int64).tolist()
        items = list(range(count))
        for i, j in zip(last.tolist(), partners, strict=True):
            items[i], items[j] = items[j], items[i]
        return np.array(items, np.int64)

    def _draw(self, lanes: int) -> Words:
        states = self._state
        power = 1
        while states.shape[1] < lanes:
            states = np.concatenate([states, _jump(states, power)], axis=1)
            power *= 2
        states = states[:, :lanes]
        drawn = np.empty((LANE, lanes), np.uint32)
        for i in range(LANE):
            drawn[i] = _rotate(states[1] * np.uint32(5), 7) * np.uint32(9)
            states = _step(states)
        self._state = states[:, -1:]
        return drawn.T.reshape(-1)


def _rotate(x: Words, by: int) -> Words:
    return (x << np.uint32(by)) | (x >> np.uint32(32 - by))


def _step(states: Words) -> Words:
    """The next state of each lane, [4, lanes]."""
    s0, s1, s2, s3 = states
    shifted = s1 << np.uint32(9)
    s2, s3 = s2 ^ s0, s3 ^ s1
    s1, s0 = s1 ^ s2, s0 ^ s3
    return np.stack([s0, s1, s2 ^ shifted, _rotate(s3, 11)])


@cache
def _jump_matrix(power: int) -> NDArray[np.float32]:
    """The matrix over GF(2) of 256 * power steps, power being a power of 2; its columns are images of single bits."""
    if power > 1:
        half = _jump_matrix(power // 2)
        return half @ half % 2
    states = _to_words(np.eye(128, dtype=np.uint8))
    for _ in range(LANE):
        states = _step(states)
    return _to_bits(states).astype(np.float32)


def _jump(states: Words, power: int) -> Words:
    return _to_words((_jump_matrix(power) @ _to_bits(states).astype(np.float32) % 2).astype(np.uint8))


def _to_bits(states: Words) -> NDArray[np.uint8]:
    """[4, lanes] words as [128, lanes] bits, the lowest of each word first."""
    raw = np.ascontiguousarray(states.T.astype("<u4")).view(np.uint8)
    return np.unpackbits(raw, axis=1, bitorder="little").T


def _to_words(bits: NDArray[np.uint8]) -> Words:
    raw = np.packbits(np.ascontiguousarray(bits.T), axis=1, bitorder="little")
    return np.ascontiguousarray(raw.view("<u4").T).astype(np.uint32)
