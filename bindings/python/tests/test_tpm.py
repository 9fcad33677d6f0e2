"""TPM keys, Names, and the challenge with its one answer."""

from __future__ import annotations

import copy
import os
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from conftest import Case, cases, listed
from provisor import Code, IdError, RegistrationId, TpmError
from provisor.tpm import AkPublic, Challenge, EkPublic, Name, SrkPublic, TpmProof

CASES = cases("tpm")
GOOD = next(case for case in CASES if "code" not in case)
EK = bytes.fromhex(GOOD["ek"])
SRK = bytes.fromhex(GOOD["srk"])
ANSWER = bytes.fromhex(GOOD["answer"])
EXPIRES: int = GOOD["expires"]


def challenge() -> Challenge:
    return Challenge(EK, SRK, expires=EXPIRES, random=listed(GOOD["random"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_vector(case: Case) -> None:
    ek, srk = bytes.fromhex(case["ek"]), bytes.fromhex(case["srk"])

    def ask() -> Challenge:
        draw = listed(case["random"]) if case.get("random") else os.urandom
        return Challenge(ek, srk, expires=case.get("expires", 0), random=draw)

    if "code" in case:
        with pytest.raises(TpmError) as refused:
            ask()
        assert refused.value.code is Code[case["code"]]
        assert refused.value.number == case["number"]
    else:
        asked = ask()
        assert asked.id_object.hex() == case["id_object"]
        assert asked.encrypted_secret.hex() == case["encrypted_secret"]
        assert str(Name.of(ek)) == str(asked.ek_name) == case["ek_name"]
        assert str(Name.of(srk)) == str(asked.object_name) == case["srk_name"]
        assert str(RegistrationId.from_ek(ek)) == case["registration_id"]
        proof = asked.verify(bytes.fromhex(case["answer"]), at=case["expires"])
        assert (str(proof.ek_name), str(proof.object_name)) == (case["ek_name"], case["srk_name"])


def test_a_challenge_counts_once() -> None:
    asked = challenge()
    proof = asked.verify(ANSWER, at=EXPIRES)
    assert isinstance(proof, TpmProof)
    assert proof.answered == EXPIRES
    assert proof == challenge().verify(bytearray(ANSWER), at=datetime.fromtimestamp(EXPIRES, UTC))
    assert hash(proof) == hash(challenge().verify(ANSWER, at=EXPIRES))
    with pytest.raises(TpmError) as refused:
        asked.verify(ANSWER, at=EXPIRES)
    assert refused.value.code is Code.ATTEST_CHALLENGE_USED


def test_of_many_threads_one_gets_the_proof() -> None:
    asked = challenge()

    def answer(_: int) -> bool:
        try:
            return isinstance(asked.verify(ANSWER, at=EXPIRES), TpmProof)
        except TpmError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(answer, range(64))) == 1


@pytest.mark.parametrize(
    ("answer", "late", "code"),
    [
        (b"", 0, Code.TPM_CHALLENGE_ANSWER),
        (ANSWER[:-1], 0, Code.TPM_CHALLENGE_ANSWER),
        (ANSWER + b"\0", 0, Code.TPM_CHALLENGE_ANSWER),
        (bytes([ANSWER[0] ^ 1]) + ANSWER[1:], 0, Code.TPM_CHALLENGE_ANSWER),
        (ANSWER, 1, Code.TPM_CHALLENGE_EXPIRED),
    ],
)
def test_a_wrong_or_late_answer_uses_the_challenge_up(answer: bytes, late: int, code: Code) -> None:
    asked = challenge()
    with pytest.raises(TpmError) as refused:
        asked.verify(answer, at=EXPIRES + late)
    assert refused.value.code is code
    with pytest.raises(TpmError) as refused:
        asked.verify(ANSWER, at=EXPIRES)
    assert refused.value.code is Code.ATTEST_CHALLENGE_USED


def test_arguments_at_fault_leave_the_challenge_unused() -> None:
    asked = challenge()
    with pytest.raises(TypeError, match="bytes-like"):
        asked.verify("secret", at=EXPIRES)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="naive"):
        asked.verify(ANSWER, at=datetime(2026, 1, 1))
    assert asked.verify(ANSWER, at=EXPIRES).answered == EXPIRES


def test_the_secret_is_nowhere_to_be_seen() -> None:
    asked = challenge()
    with pytest.raises(TpmError) as refused:
        asked.verify(b"wrong", at=EXPIRES)
    shown = [repr(asked), str(asked), str(refused.value), repr(vars(refused.value))]
    for text in [*shown, *(repr(getattr(asked, name)) for name in dir(asked) if name[0] != "_")]:
        assert ANSWER.hex() not in text
        assert repr(ANSWER)[2:-1] not in text
    assert not hasattr(asked, "__dict__")


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_challenge_and_its_proof_cannot_be_copied(twin: Callable[[object], object]) -> None:
    with pytest.raises(TypeError):
        twin(challenge())
    with pytest.raises(TypeError):
        twin(challenge().verify(ANSWER, at=EXPIRES))
    with pytest.raises(TypeError):
        TpmProof()


def test_randomness_is_fresh_unless_given() -> None:
    a, b = (Challenge(EkPublic(EK), SrkPublic(SRK), expires=EXPIRES) for _ in range(2))
    assert a.id_object != b.id_object
    assert a.encrypted_secret != b.encrypted_secret
    assert (a.expires, a.ek_name) == (EXPIRES, EkPublic(EK).name)


def test_a_source_of_randomness_that_fails_is_heard() -> None:
    def broken(length: int) -> bytes:
        raise OSError("no entropy")

    with pytest.raises(OSError, match="no entropy"):
        Challenge(EK, SRK, expires=0, random=broken)
    with pytest.raises(ValueError, match="returned 0 bytes"):
        Challenge(EK, SRK, expires=0, random=lambda length: b"")
    with pytest.raises(TypeError, match="not callable"):
        Challenge(EK, SRK, expires=0, random=7)  # type: ignore[arg-type]


def test_a_key_does_not_answer_for_itself() -> None:
    with pytest.raises(TpmError):
        Challenge(EK, EK, expires=0)
    with pytest.raises(TypeError, match="EkPublic or a bytes-like object, not SrkPublic"):
        Challenge(SrkPublic(SRK), SRK, expires=0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="SrkPublic or a bytes-like object, not str"):
        Challenge(EK, "srk", expires=0)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "public"), [(EkPublic, EK), (SrkPublic, SRK)])
def test_keys_are_values(kind: type[Any], public: bytes) -> None:
    key = kind(public)
    assert bytes(key) == public
    assert key == kind(memoryview(public))
    assert hash(key) == hash(kind(public))
    assert key.name == Name.of(public)
    assert repr(key) == f"<{kind.__name__} {key.name}>"
    assert pickle.loads(pickle.dumps(key)) == key
    assert copy.deepcopy(key) == key
    with pytest.raises(AttributeError):
        key.name = None


@pytest.mark.parametrize("kind", [EkPublic, SrkPublic, AkPublic, Name.of])
def test_any_bytes_are_answered(kind: Callable[[bytes], object]) -> None:
    for cut in range(len(EK)):
        with pytest.raises(TpmError):
            kind(EK[:cut])
    with pytest.raises(TpmError) as refused:
        kind(EK + b"\0")
    assert refused.value.code is Code.TPM_TRAILING_BYTES
    with pytest.raises(TypeError, match="bytes-like"):
        kind("")  # type: ignore[arg-type]


def test_another_kind_of_key_is_refused() -> None:
    with pytest.raises(TpmError):
        SrkPublic(EK)
    with pytest.raises(TpmError):
        EkPublic(SRK)
    with pytest.raises(TpmError):
        AkPublic(SRK)


def test_an_attestation_key_is_a_second_key_too() -> None:
    # The storage root key's point under the attributes and the scheme of an attestation key:
    # restricted, sign; ECDSA with SHA-256.
    curve = SRK.index(bytes.fromhex("000300100020"))
    area = bytes.fromhex("0023000b0005007200000010 0018000b") + SRK[curve:]
    ak = AkPublic(len(area).to_bytes(2, "big") + area)
    assert pickle.loads(pickle.dumps(ak)) == ak
    assert repr(ak) == f"<AkPublic {ak.name}>"
    asked = Challenge(EK, ak, expires=EXPIRES, random=listed(GOOD["random"]))
    assert asked.object_name == ak.name != SrkPublic(SRK).name
    assert asked.verify(ANSWER, at=EXPIRES).object_name == ak.name
    # Bytes are read as a storage root key, which this is not.
    with pytest.raises(TpmError):
        Challenge(EK, bytes(ak), expires=EXPIRES)


def test_names_are_values() -> None:
    name = Name.of(EK)
    assert Name(bytes(name)) == name
    assert eval(repr(name), {"Name": Name}) == name
    assert pickle.loads(pickle.dumps(name)) == name
    assert len({name, Name.of(SRK), Name(bytearray(bytes(name)))}) == 2
    assert (name < Name.of(SRK)) is (bytes(name) < bytes(Name.of(SRK)))
    assert str(name) == bytes(name).hex()
    assert name.algorithm == "SHA-256"
    for wrong in (b"", b"\x00", b"\x00\x0b", bytes(name)[:-1], bytes(name) + b"\0"):
        with pytest.raises(TpmError):
            Name(wrong)


def test_the_registration_id_of_a_tpm() -> None:
    identity = RegistrationId.from_ek(EkPublic(EK))
    assert identity == RegistrationId.from_ek(EK)
    assert len(str(identity)) == 52
    with pytest.raises(IdError):
        RegistrationId(str(identity) + " ")
