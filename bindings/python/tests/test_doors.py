"""One default for all doors: the list that Rust, the command line, C and Python are asked from."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Case, cases
from provisor import AllocationPolicy, Hub, HubName, LinkedHubs, allocate, explain_allocation

CASES = cases("doors")


def said(case: Case) -> dict[str, Any]:
    """The policy as an argument, by its word on the command line; none where nobody said one."""
    if "policy" not in case:
        return {}
    kind, _, fixed = case["policy"].partition(":")
    if kind == "static":
        return {"policy": HubName(fixed)}
    words = {
        "hashed": AllocationPolicy.WEIGHTED,
        "evenlyWeighted": AllocationPolicy.EVENLY_WEIGHTED,
    }
    return {"policy": words[kind]}


@pytest.mark.parametrize("case", CASES)
def test_every_door_leads_to_the_same_hub(case: Case) -> None:
    hubs = [Hub(hub["name"], hub["weight"]) for hub in case["hubs"]]
    expected, policy = HubName(case["hub"]), said(case)
    assert allocate(case["scope"], case["device"], hubs, **policy) == expected
    assert LinkedHubs(case["scope"], hubs).allocate(case["device"], **policy) == expected
    assert explain_allocation(case["scope"], case["device"], hubs, **policy).hub == expected


def test_some_cases_say_no_policy() -> None:
    assert any("policy" not in case for case in CASES)
