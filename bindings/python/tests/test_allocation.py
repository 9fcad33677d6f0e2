"""Allocation: the same hub in every language."""

from __future__ import annotations

import itertools
import pickle
from collections import Counter
from typing import Any

import pytest

from conftest import Case, cases
from provisor import (
    AllocationError,
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
    assert all(0 <= row.draw < 2**64 for row in explained.rows)
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
