"""Identifiers: one door each, values that behave like values."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Case, cases
from provisor import (
    Code,
    DeviceId,
    GroupId,
    HubName,
    IdError,
    IdRules,
    IdScope,
    RegistrationId,
    TpmError,
)

DOORS: dict[str, Callable[[str], Any]] = {
    "registration_id_2017": lambda text: RegistrationId(text, rules=IdRules.V2017),
    "registration_id": RegistrationId,
    "device_id": DeviceId,
    "id_scope": IdScope,
    "group_id": GroupId,
    "hub_name": HubName,
}
FOLDED = [RegistrationId, IdScope, GroupId, HubName]
ALL = [*FOLDED, DeviceId]


@pytest.mark.parametrize("case", cases("ids"), ids=lambda case: f"{case['kind']}-{case['hex']}")
def test_vector(case: Case) -> None:
    door = DOORS[case["kind"]]
    assert case["text"].encode() == bytes.fromhex(case["hex"])
    if "code" in case:
        with pytest.raises(IdError) as refused:
            door(case["text"])
        rejection = refused.value
        assert rejection.code is Code[case["code"]]
        assert rejection.number == case["number"]
        assert rejection.position == case.get("position")
    else:
        value = door(case["text"])
        assert str(value) == case["text"]
        normal = str(value) if isinstance(value, DeviceId) else value.normal_form
        assert normal == case["normal"]


@pytest.mark.parametrize("kind", FOLDED)
def test_case_is_kept_for_people_and_ignored_for_comparison(kind: type[Any]) -> None:
    a, b = kind("Line-7"), kind("lINE-7")
    assert a == b
    assert hash(a) == hash(b)
    assert (str(a), str(b)) == ("Line-7", "lINE-7")
    assert a.normal_form == b.normal_form == "line-7"
    assert {a: 1}[b] == 1
    assert kind("a") < kind("B") < kind("c")


def test_a_device_id_regards_case() -> None:
    assert DeviceId("Press#7") != DeviceId("press#7")
    assert str(DeviceId.from_registration_id(RegistrationId("Line-7"))) == "line-7"


@pytest.mark.parametrize("kind", ALL)
def test_values_are_values(kind: type[Any]) -> None:
    value = kind("Line-7")
    assert repr(value) == f"{kind.__name__}('Line-7')"
    assert eval(repr(value), {kind.__name__: kind}) == value
    for twin in [copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))]:
        assert twin == value
        assert str(twin) == "Line-7"
        assert type(twin) is kind
    assert value != "Line-7"
    assert value != kind("other")
    with pytest.raises(TypeError):
        _ = value < "Line-8"
    with pytest.raises(AttributeError):
        value.normal_form = "x"
    with pytest.raises(AttributeError):
        value.anything = "x"
    with pytest.raises(TypeError):
        type("Sub", (kind,), {})


def test_no_two_kinds_are_equal() -> None:
    values = {kind("line-7") for kind in ALL}
    assert len(values) == len(ALL)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("wrong", [b"line-7", 7, None, ["line-7"]])
def test_other_types_are_type_errors(kind: type[Any], wrong: object) -> None:
    with pytest.raises(TypeError):
        kind(wrong)


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        RegistrationId("line\ud8007")


def test_rules_are_chosen_by_the_enum_and_nothing_else() -> None:
    assert str(RegistrationId("Line-7", rules=IdRules.CURRENT)) == "Line-7"
    for wrong in ["current", "2017", 2017, None]:
        with pytest.raises(TypeError, match="IdRules"):
            RegistrationId("line-7", rules=wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        RegistrationId("line-7", IdRules.CURRENT)  # type: ignore[call-arg]


def test_the_remedy_names_the_legal_spelling() -> None:
    with pytest.raises(IdError) as refused:
        RegistrationId(" Line-7\n", rules=IdRules.V2017)
    assert refused.value.remedy == "write it as `line-7`"
    assert refused.value.subject == "registrationId"


def test_positions_count_bytes_of_utf_8() -> None:
    with pytest.raises(IdError) as refused:
        DeviceId("pr\u00e9sse")
    assert refused.value.position == 2


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    for door in DOORS.values():
        try:
            assert str(door(text)) == text
        except IdError as refused:
            assert refused.position is not None
            assert 0 <= refused.position <= len(text.encode())


def test_a_generated_scope_has_the_known_shape() -> None:
    assert str(IdScope.generate(random=lambda length: b"\xab" * length)) == "0neABABABAB"
    assert IdScope.generate() != IdScope.generate()


def test_a_source_of_randomness_that_fails_is_heard() -> None:
    def broken(length: int) -> bytes:
        raise OSError("no entropy")

    with pytest.raises(OSError, match="no entropy"):
        IdScope.generate(random=broken)
    with pytest.raises(ValueError, match="returned 3 bytes"):
        IdScope.generate(random=lambda length: b"abc")
    with pytest.raises(TypeError, match="bytes-like"):
        IdScope.generate(random=lambda length: "abcd")  # type: ignore[arg-type, return-value]


def test_derivation_wants_a_real_key() -> None:
    with pytest.raises(TpmError) as refused:
        RegistrationId.from_ek(b"\x00\x00")
    assert refused.value.code is Code.TPM_EMPTY
    with pytest.raises(TypeError, match="EkPublic or a bytes-like object, not str"):
        RegistrationId.from_ek("abc")  # type: ignore[arg-type]
