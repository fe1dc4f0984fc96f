"""manifest.json: its columns, and its text, whose checksum the studio computes over the same bytes."""

import hashlib
import json
from decimal import Decimal
from typing import Any


def js_number(value: float) -> str:
    """A number as JavaScript writes it (ECMAScript, Number::toString)."""
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    assert isinstance(exponent, int)
    point = len(digits) + exponent
    minus = "-" if sign else ""
    if len(text) <= point <= 21:
        return f"{minus}{text}{'0' * (point - len(text))}"
    if 0 < point <= 21:
        return f"{minus}{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{text}"
    rest = f".{text[1:]}" if len(text) > 1 else ""
    return f"{minus}{text[0]}{rest}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def js_json(value: Any) -> str:
    """What JSON.stringify gives."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{js_json(str(key))}:{js_json(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(js_json, value)) + "]"
    if isinstance(value, float):
        return js_number(value)
    return json.dumps(value, ensure_ascii=False)


def manifest_text(manifest: dict[str, Any]) -> str:
    """The file, whose keys must be in the order of src/shards/manifestSchema.ts."""
    checksum = hashlib.sha256(js_json(manifest).encode()).hexdigest()
    return js_json({**manifest, "checksum": checksum}) + "\n"


def category_column(name: str, missing: int, distinct: int, frequent: int, base: int) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "category",
        "missing": missing,
        "distinct": distinct,
        "frequent": frequent,
        "base": base,
    }


def ordered_rules(rules: dict[str, Any]) -> dict[str, Any]:
    order = (
        "rule",
        "threshold",
        "split",
        "seed",
        "validShare",
        "testShare",
        "fittedOn",
        "idOrder",
        "splitRows",
        "times",
    )
    return {key: rules[key] for key in order if key in rules}


def ordered_choice(choice: dict[str, Any]) -> dict[str, Any]:
    return {key: choice[key] for key in ("name", "role", "click", "missing", "fill") if key in choice}
