"""The program of docs/allocation.md gives the hubs of the vectors."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from conftest import Case, cases
from test_allocation import conformance_rows, words

PAGE = Path(__file__).parents[3] / "docs" / "allocation.md"


@pytest.fixture(scope="module")
def program() -> dict[str, Any]:
    found = re.search(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.S | re.M)
    assert found
    lines = [line for line in found[1].splitlines() if line]
    assert len(lines) <= 60
    names: dict[str, Any] = {}
    exec(compile(found[1], str(PAGE), "exec"), names)
    return names


def said(program: dict[str, Any], left: Any, scope: str, salt: bytes, device: str) -> str:
    if isinstance(left, str):
        return left
    hub: str = program["choose"](scope.lower(), salt, left, device.lower())
    return hub


def test_the_published_values(program: dict[str, Any]) -> None:
    # Aumasson and Bernstein 2012, appendix A; Vigna's splitmix64.c.
    keys = 0x0706050403020100, 0x0F0E0D0C0B0A0908
    assert program["siphash"](*keys, bytes(range(15))) == 0xA129CA6149BE45E5
    assert next(program["draws"](1234567)) == 6457827717110365317


@pytest.mark.parametrize("case", cases("allocation"))
def test_vector(program: dict[str, Any], case: Case) -> None:
    hubs = {hub["name"]: hub["weight"] for hub in case["hubs"]}
    left = program["candidates"]("weighted", "", hubs, None, {})
    found = said(program, left, case["scope"], b"", case["device"])
    assert found == case.get("hub", case.get("code"))


def test_rows(program: dict[str, Any]) -> None:
    for row in conformance_rows():
        # What is no set of hubs does not come to an allocation.
        if row["hub"] in {"ALLOC_WEIGHT", "ALLOC_DUPLICATE_HUB"}:
            continue
        policy, _, static = row["policy"].lower().partition(":")
        policy = {"evenlyweighted": "evenlyWeighted", "lowestlatency": "lowestLatency"}.get(
            policy, policy
        )
        subset: list[str] | None = [] if row["subset"] else None
        if row["subset"] not in {"", "-"}:
            subset = [name for name, _ in words(row["subset"].lower())]
        latencies: dict[str, int] = {}
        for name, number in words(row["latencies"].lower()):
            latencies[name] = min(number, latencies.get(name, number))
        hubs = dict(words(row["hubs"].lower()))
        left = program["candidates"](policy, static, hubs, subset, latencies)
        salt = bytes.fromhex(row["salt"])
        assert said(program, left, row["scope"], salt, row["id"]) == row["hub"], row
