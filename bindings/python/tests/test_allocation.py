"""Allocation: the same hub in every language."""

from __future__ import annotations

import csv
import itertools
import os
import pickle
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import Case, cases
from provisor import (
    AllocationError,
    AllocationPolicy,
    Code,
    Hub,
    HubName,
    IdError,
    IdScope,
    LinkedHubs,
    RegistrationId,
    Rejection,
    allocate,
    explain_allocation,
)

SCOPE = "0ne0A1B2C3D"
HUBS = [Hub("hub-a", 3), Hub("hub-b"), Hub("hub-c", 0)]


@pytest.mark.parametrize("case", cases("allocation"))
def test_vector(case: Case) -> None:
    def hubs() -> list[Hub]:
        return [Hub(hub["name"], hub["weight"]) for hub in case["hubs"]]

    if "code" in case:
        for function in (allocate, explain_allocation):
            with pytest.raises(AllocationError) as refused:
                function(case["scope"], case["device"], hubs())
            assert refused.value.code is Code[case["code"]]
            assert refused.value.number == case["number"]
    else:
        hub = HubName(case["hub"])
        assert allocate(case["scope"], case["device"], hubs()) == hub
        assert allocate(case["scope"], case["device"], reversed(hubs())) == hub
        explained = explain_allocation(case["scope"], case["device"], hubs())
        assert explained.hub == hub == explained.rows[0].hub


SHARED = Path(os.environ.get("PROVISOR_SHARED", Path(__file__).parents[4] / "shared"))
ROWS = SHARED / "allocation" / "vectors.csv"


def words(text: str) -> Iterator[tuple[str, int]]:
    """``a=1 b-[0-9].net=2``: a range stands for each of its numbers."""
    for word in text.split():
        name, _, number = word.partition("=")
        if ends := re.search(r"\[(\d+)-(\d+)\]", name):
            for place in range(int(ends[1]), int(ends[2]) + 1):
                yield name[: ends.start()] + str(place) + name[ends.end() :], int(number or 0)
        else:
            yield name, int(number or 0)


def answer(row: dict[str, str]) -> list[str]:
    """What the module says, in the columns of the row."""
    kind, _, fixed = row["policy"].partition(":")
    subset = [name for name, _ in words("" if row["subset"] == "-" else row["subset"])]
    try:
        explained = explain_allocation(
            row["scope"],
            row["id"],
            [Hub(name, weight) for name, weight in words(row["hubs"])],
            salt=bytes.fromhex(row["salt"]),
            policy=HubName(fixed) if kind == "static" else AllocationPolicy(kind),
            subset=subset if row["subset"] else None,
            latencies=words(row["latencies"]),
        )
    except AllocationError as refused:
        return [refused.code.name, *[""] * 7]
    ranks = [
        [row.hub.normal_form, str(row.cost), str(row.weight)]
        for row in explained.rows
        if row.took_part
    ]
    assert explained.hub == explained.rows[0].hub
    digests = [f"{explained.device_digest:016x}", f"{explained.rows[0].digest:016x}"]
    return [*ranks[0], *(ranks[1] if len(ranks) > 1 else [""] * 3), *digests]


def conformance_rows() -> list[dict[str, str]]:
    """The rows of the set; a loud skip where it is not here."""
    if not ROWS.is_file():
        warnings.warn(f"SKIPPED: {ROWS} is not here", stacklevel=1)
        pytest.skip(f"{ROWS} is not here")
    with ROWS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows
    return rows


def test_the_rows_of_the_conformance_set() -> None:
    columns = "hub first_cost first_weight second second_cost second_weight"
    columns += " device_digest hub_digest"
    for number, row in enumerate(conformance_rows(), 2):
        assert answer(row) == [row[name] for name in columns.split()], f"line {number}"


def test_policies_and_lists() -> None:
    linked = LinkedHubs(SCOPE, HUBS)
    assert linked.allocate("line-7", policy=HubName("HUB-C")) == HubName("hub-c")
    assert linked.allocate("line-7", subset=["hub-b"]) == HubName("hub-b")
    lowest = AllocationPolicy.LOWEST_LATENCY
    latencies: dict[HubName | str, int] = {"hub-b": 3, HubName("hub-a"): 4}
    assert linked.allocate("x", policy=lowest, latencies=latencies.items()) == HubName("hub-b")
    assert linked.explain("x", policy=lowest, latencies=latencies.items()).hub == HubName("hub-b")
    for arguments, code in [
        ({"subset": []}, Code.ALLOC_NO_HUBS),
        ({"subset": ["hub-a", "hub-x"]}, Code.ALLOC_HUB_NOT_LINKED),
        ({"subset": ["hub-c"]}, Code.ALLOC_NO_WEIGHT),
        ({"policy": lowest}, Code.ALLOC_NO_LATENCY),
        ({"policy": HubName("hub-x")}, Code.ALLOC_HUB_NOT_LINKED),
    ]:
        with pytest.raises(AllocationError) as refused:
            linked.allocate("line-7", **arguments)  # type: ignore[arg-type]
        assert refused.value.code is code
    for wrong in [
        {"policy": "weighted"},
        {"policy": None},
        {"subset": "hub-a"},
        {"subset": 7},
        {"latencies": ["hub-a"]},
        {"latencies": [("hub-a", "1")]},
        {"latencies": 7},
    ]:
        with pytest.raises(TypeError):
            linked.allocate("line-7", **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="pairs"):
        linked.allocate("line-7", latencies=[("hub-a",)])  # type: ignore[list-item]


def test_a_salt_gives_another_map_and_is_not_shown() -> None:
    hubs = [Hub(f"hub-{number}") for number in range(64)]
    plain, salted = LinkedHubs(SCOPE, hubs), LinkedHubs(SCOPE, hubs, salt=bytes(range(16)))
    devices = [f"line-{number}" for number in range(64)]
    assert [plain.allocate(id) for id in devices] != [salted.allocate(id) for id in devices]
    assert salted.allocate("x") == allocate(SCOPE, "x", hubs, salt=bytearray(range(16)))
    shown = repr(salted) + str(salted.explain("x"))
    assert "000102" not in shown
    for length in (1, 15, 65):
        with pytest.raises(AllocationError) as refused:
            LinkedHubs(SCOPE, hubs, salt=bytes(length))
        assert refused.value.code is Code.ALLOC_SALT
    with pytest.raises(TypeError):
        LinkedHubs(SCOPE, hubs, salt="0123456789abcdef")  # type: ignore[arg-type]


def test_text_and_values_are_the_same_argument() -> None:
    linked = LinkedHubs(IdScope(SCOPE), HUBS)
    typed = linked.allocate(RegistrationId("Line-7"))
    assert typed == linked.allocate("line-7") == allocate(SCOPE, "LINE-7", HUBS)
    with pytest.raises(IdError):
        linked.allocate("line 7")
    with pytest.raises(IdError) as refused:
        allocate("0ne/", "line-7", HUBS)
    assert refused.value.subject == "idScope"


def test_shares_follow_the_weights_and_weight_zero_takes_nothing() -> None:
    linked = LinkedHubs(SCOPE, HUBS)
    taken = Counter(str(linked.allocate(f"device-{i}")) for i in range(4000))
    assert set(taken) == {"hub-a", "hub-b"}
    # 3000 expected, standard deviation 27.
    assert 2800 < taken["hub-a"] < 3200


def test_linked_hubs_show_what_they_hold() -> None:
    linked = LinkedHubs(SCOPE, (hub for hub in reversed(HUBS)))
    assert linked.hubs == tuple(HUBS)
    assert len(linked) == 3
    assert linked.scope == IdScope(SCOPE)
    assert repr(linked) == f"<LinkedHubs of '{SCOPE}': 3 hubs>"


def test_a_hub_is_a_value() -> None:
    hub = Hub("hub-a", 3)
    assert hub == Hub(HubName("HUB-A"), weight=3)
    assert hash(hub) == hash(Hub("HUB-A", 3))
    assert hub != Hub("hub-a", 4)
    assert (hub.name, hub.weight) == (HubName("hub-a"), 3)
    assert repr(hub) == "Hub('hub-a', weight=3)"
    assert pickle.loads(pickle.dumps(hub)) == hub
    with pytest.raises(AttributeError):
        hub.weight = 5  # type: ignore[misc]


@pytest.mark.parametrize("weight", [-1, 1001, 70_000, 2**80])
def test_every_number_out_of_range_is_refused_alike(weight: int) -> None:
    with pytest.raises(AllocationError) as refused:
        Hub("hub-a", weight)
    assert refused.value.code is Code.ALLOC_WEIGHT
    assert refused.value.found == str(weight)


@pytest.mark.parametrize("weight", [True, 1.0, "1", None])
def test_a_weight_is_an_int(weight: Any) -> None:
    with pytest.raises(TypeError, match="int from 0 to 1000"):
        Hub("hub-a", weight)


@pytest.mark.parametrize(
    ("hubs", "code"),
    [
        ([], Code.ALLOC_NO_HUBS),
        ([Hub("a", 0)], Code.ALLOC_NO_WEIGHT),
        ([Hub("a"), Hub("A")], Code.ALLOC_DUPLICATE_HUB),
        ((Hub(f"hub-{i}") for i in itertools.count()), Code.ALLOC_TOO_MANY_HUBS),
    ],
)
def test_hubs_that_cannot_be_chosen_from(hubs: Any, code: Code) -> None:
    with pytest.raises(AllocationError) as refused:
        allocate(SCOPE, "line-7", hubs)
    assert refused.value.code is code
    assert isinstance(refused.value, Rejection)


@pytest.mark.parametrize("hubs", ["hub-a", ["hub-a"], [("hub-a", 1)], 7, None])
def test_hubs_of_other_types(hubs: Any) -> None:
    with pytest.raises(TypeError):
        LinkedHubs(SCOPE, hubs)


def test_an_iterable_that_fails_is_heard() -> None:
    def hubs() -> Any:
        yield Hub("hub-a")
        raise RuntimeError("lost the database")

    with pytest.raises(RuntimeError, match="lost the database"):
        LinkedHubs(SCOPE, hubs())


def test_the_explanation_adds_up() -> None:
    explained = explain_allocation(SCOPE, "line-7", HUBS)
    assert explained == LinkedHubs(SCOPE, HUBS).explain("line-7")
    assert hash(explained) == hash(LinkedHubs(SCOPE, HUBS).explain("line-7"))
    assert [row.took_part for row in explained.rows] == [True, True, False]
    assert explained.rows[2].standing == "weight 0"
    # The smallest cost divided by weight wins.
    scores = [row.cost / row.weight for row in explained.rows if row.took_part]
    assert scores == sorted(scores)
    assert all(0 <= row.digest < 2**64 for row in explained.rows)
    assert 0 <= explained.device_digest < 2**64
    text = str(explained)
    assert len(text.splitlines()) == 3
    assert all(str(hub.name) in text for hub in HUBS)
    assert repr(explained) == f"<Allocation to '{explained.hub}' of 3 hubs>"
    assert "takes part" in repr(explained.rows[0])


def test_explanations_are_only_made_here() -> None:
    explained = explain_allocation(SCOPE, "line-7", HUBS)
    for kind in (type(explained), type(explained.rows[0])):
        with pytest.raises(TypeError):
            kind()
