"""Chains: verified, explained, refused with a reason."""

from __future__ import annotations

import itertools
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from conftest import Case, cases
from provisor import Code, IdError, IdRules, PathError, RegistrationId, Rejection, x509
from provisor.x509 import Profile, Report, VerifiedPath

CASES = cases("x509")


class Chain(NamedTuple):
    leaf: bytes
    intermediates: list[bytes]
    anchors: list[bytes]
    profile: Profile
    at: int

    @classmethod
    def of(cls, case: Case) -> Chain:
        return cls(
            bytes.fromhex(case["leaf"]),
            [bytes.fromhex(der) for der in case["intermediates"]],
            [bytes.fromhex(der) for der in case["anchors"]],
            Profile(case["profile"]),
            case["at"],
        )

    def verify(self) -> VerifiedPath:
        return x509.verify(
            self.leaf, self.intermediates, anchors=self.anchors, profile=self.profile, at=self.at
        )

    def explain(self) -> Report:
        return x509.explain(
            self.leaf, self.intermediates, anchors=self.anchors, profile=self.profile, at=self.at
        )


def first(*, code: str | None) -> Chain:
    """The first case with that code; None stands for a device that is accepted."""
    found = (c for c in CASES if c.get("code") == code and c["profile"] == "device")
    return Chain.of(next(found))


GOOD = first(code=None)
EXPIRED = first(code="X509_EXPIRED")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_vector(case: Case) -> None:
    chain = Chain.of(case)
    if "code" in case:
        with pytest.raises(PathError) as refused:
            chain.verify()
        assert refused.value.code is Code[case["code"]]
        assert refused.value.number == case["number"]
        if "subject" in case:
            assert refused.value.subject == case["subject"]
    else:
        path = chain.verify()
        assert path.leaf == chain.leaf
        assert list(path.subjects) == case["path"]
        assert path.anchor == case["anchor"]
        if case.get("registration_id"):
            assert str(RegistrationId.from_certificate(path.leaf)) == case["registration_id"]


def test_the_proof_shows_the_path() -> None:
    path = GOOD.verify()
    assert path.certificates[0] == path.leaf == GOOD.leaf
    assert set(path.certificates[1:]) <= set(GOOD.intermediates)
    assert path.subject == path.subjects[0]
    assert len(path.subjects) == len(path.certificates)
    assert path == GOOD.verify()
    assert hash(path) == hash(GOOD.verify())
    assert path.subject in repr(path)


@pytest.mark.parametrize("kind", [VerifiedPath, Report])
def test_a_proof_cannot_be_made_by_hand(kind: type[Any]) -> None:
    with pytest.raises(TypeError):
        kind()
    with pytest.raises(TypeError):
        object.__new__(kind)
    with pytest.raises(TypeError):
        pickle.dumps(GOOD.verify() if kind is VerifiedPath else GOOD.explain())
    with pytest.raises(AttributeError):
        GOOD.verify().subject = "CN=other"  # type: ignore[misc]


def test_bytes_in_every_form_give_one_answer() -> None:
    want = GOOD.verify()
    for form in (bytes, bytearray, memoryview):
        got = x509.verify(
            form(GOOD.leaf),
            (form(der) for der in GOOD.intermediates),
            anchors={form(der) for der in GOOD.anchors} if form is bytes else GOOD.anchors,
            at=GOOD.at,
        )
        assert got == want
    strided = memoryview(bytes(itertools.chain.from_iterable((b, 0) for b in GOOD.leaf)))[::2]
    assert x509.verify(strided, GOOD.intermediates, anchors=GOOD.anchors, at=GOOD.at) == want


def test_an_aware_datetime_is_a_time() -> None:
    moment = datetime.fromtimestamp(GOOD.at, UTC)
    got = x509.verify(GOOD.leaf, GOOD.intermediates, anchors=GOOD.anchors, at=moment)
    assert got == GOOD.verify()


def test_a_refusal_carries_the_facts_and_the_report() -> None:
    with pytest.raises(PathError) as refused:
        EXPIRED.verify()
    error = refused.value
    assert error.code is Code.X509_EXPIRED
    assert error.expected
    assert error.found
    report = error.report
    assert report is not None
    assert report.rejection is not None
    assert vars(report.rejection).items() <= vars(error).items()
    assert str(report) == str(EXPIRED.explain())
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, str(again), again.report) == (error.code, str(error), None)


def test_a_report_outlives_the_buffers_it_came_from() -> None:
    leaf = bytearray(EXPIRED.leaf)
    with pytest.raises(PathError) as refused:
        x509.verify(leaf, EXPIRED.intermediates, anchors=iter(EXPIRED.anchors), at=EXPIRED.at)
    leaf[:] = bytes(len(leaf))
    assert str(refused.value.report) == str(EXPIRED.explain())


def test_a_report_says_everything() -> None:
    good, bad = GOOD.explain(), EXPIRED.explain()
    assert good.accepted
    assert good.rejection is None
    assert not bad.accepted
    assert isinstance(bad.rejection, PathError)
    assert bad.text == str(bad)
    assert "X509_EXPIRED" in bad.text
    assert "X509_EXPIRED" in repr(bad)
    assert "accepted" in repr(good)
    tree = bad.to_dict()
    assert tree == json.loads(json.dumps(tree))
    assert tree["rejection"]["code"] == "X509_EXPIRED"
    assert tree["paths"] or tree["leaf_rules"]
    assert good.to_dict()["rejection"] is None


@pytest.mark.parametrize("profile", Profile)
def test_every_profile_is_known_to_the_core(profile: Profile) -> None:
    report = x509.explain(GOOD.leaf, anchors=[], profile=profile, at=GOOD.at)
    assert report.to_dict()["profile"] == profile.value
    with pytest.raises(PathError) as refused:
        x509.verify(GOOD.leaf, anchors=[], profile=profile, at=GOOD.at)
    assert refused.value.report is not None
    assert refused.value.report.to_dict() == report.to_dict()


def test_threads_share_nothing() -> None:
    def both(_: int) -> tuple[VerifiedPath, str]:
        return GOOD.verify(), str(EXPIRED.explain())

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(both, range(64))) == {both(0)}


def test_damaged_certificates_are_named_by_their_place() -> None:
    damaged = GOOD.leaf[:-1]
    with pytest.raises(PathError) as refused:
        x509.verify(damaged, anchors=[], at=0)
    assert refused.value.report is None
    assert refused.value.position is not None
    sent = [*GOOD.intermediates, damaged]
    with pytest.raises(PathError) as refused:
        x509.verify(GOOD.leaf, sent, anchors=GOOD.anchors, at=GOOD.at)
    assert refused.value.subject.startswith(f"intermediates[{len(sent) - 1}]: ")
    with pytest.raises(PathError) as refused:
        x509.explain(GOOD.leaf, anchors=[*GOOD.anchors, GOOD.leaf], at=GOOD.at)
    assert refused.value.code is Code.X509_ANCHOR_UNUSABLE
    assert refused.value.subject.startswith(f"anchors[{len(GOOD.anchors)}]: ")


def test_no_anchor_accepts_nothing() -> None:
    with pytest.raises(PathError) as refused:
        x509.verify(GOOD.leaf, GOOD.intermediates, anchors=[], at=GOOD.at)
    assert refused.value.code is Code.X509_NO_ANCHORS


@pytest.mark.parametrize("wrong", [b"der", bytearray(b"der"), memoryview(b"der"), "der"])
def test_one_certificate_is_not_a_chain(wrong: Any) -> None:
    with pytest.raises(TypeError, match="put a single one into a list"):
        x509.verify(GOOD.leaf, anchors=wrong, at=GOOD.at)
    with pytest.raises(TypeError, match="put a single one into a list"):
        x509.verify(GOOD.leaf, wrong, anchors=[], at=GOOD.at)


def test_arguments_of_other_types() -> None:
    with pytest.raises(TypeError, match="pem_to_der"):
        x509.verify("-----BEGIN", anchors=[], at=0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="bytes-like"):
        x509.verify(7, anchors=[], at=0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="bytes-like"):
        x509.verify(GOOD.leaf, [None], anchors=[], at=0)  # type: ignore[list-item]
    with pytest.raises(TypeError, match="not iterable"):
        x509.verify(GOOD.leaf, anchors=None, at=0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Profile"):
        x509.verify(GOOD.leaf, anchors=[], at=0, profile="device")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="at"):
        x509.verify(GOOD.leaf, anchors=[])  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        x509.verify(GOOD.leaf, [], [], 0)  # type: ignore[call-arg, arg-type]


def test_an_endless_chain_ends() -> None:
    with pytest.raises(ValueError, match="more than"):
        x509.verify(GOOD.leaf, itertools.repeat(b""), anchors=[], at=0)


def test_pem() -> None:
    def pem(der: bytes) -> str:
        import base64

        body = base64.encodebytes(der).decode()
        return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"

    text = "gr\u00fc\u00df\n" + pem(GOOD.leaf) + "noise\n" + pem(GOOD.anchors[0])
    want = [GOOD.leaf, GOOD.anchors[0]]
    assert x509.pem_to_der(text) == want
    assert x509.pem_to_der(text.encode("latin-1")) == want
    assert x509.pem_to_der(bytearray(text.encode())) == want
    for wrong in ("", "no certificate", text[:-30]):
        with pytest.raises(PathError) as refused:
            x509.pem_to_der(wrong)
        assert refused.value.code is Code.X509_PEM
    # One meaning is read; what would be passed over is refused.
    assert x509.pem_to_der("\ufeff" + text) == want
    assert x509.pem_to_der(pem(GOOD.leaf).rstrip() + pem(GOOD.anchors[0])) == want
    for wrong, code in (
        (text.replace("-----BEGIN", "----BEGIN", 1), Code.X509_ARMOUR),
        (text.replace(" CERT", " TRUSTED CERT"), Code.X509_TRUSTED_CERTIFICATE),
        (text + pem(GOOD.leaf).replace("CERTIFICATE", "X509 CRL"), Code.X509_PASSED_OVER),
        (GOOD.leaf.hex(), Code.X509_FORM),
    ):
        with pytest.raises(PathError) as refused:
            x509.pem_to_der(wrong)
        assert refused.value.code is code
    with pytest.raises(TypeError):
        x509.pem_to_der(7)  # type: ignore[arg-type]


def test_the_registration_id_in_a_certificate() -> None:
    assert RegistrationId.from_certificate(GOOD.leaf) == RegistrationId("line-7-0001")
    assert str(RegistrationId.from_certificate(GOOD.leaf)) == "Line-7-0001"
    with pytest.raises(IdError) as refused:
        RegistrationId.from_certificate(GOOD.leaf, rules=IdRules.V2017)
    assert (refused.value.code, refused.value.position) == (Code.ID_COMMON_NAME, 0)
    with pytest.raises(IdError) as refused:
        RegistrationId.from_certificate(GOOD.anchors[0])
    assert (refused.value.code, refused.value.position) == (Code.ID_COMMON_NAME, 3)
    nameless = next(case for case in CASES if case["profile"] == "ek")
    with pytest.raises(IdError) as refused:
        RegistrationId.from_certificate(bytes.fromhex(nameless["leaf"]))
    assert refused.value.code is Code.ID_NO_COMMON_NAME
    with pytest.raises(PathError) as unreadable:
        RegistrationId.from_certificate(b"")
    assert isinstance(unreadable.value, Rejection)


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_any_bytes_are_answered(cut: int) -> None:
    for bad in (GOOD.leaf[:cut], GOOD.leaf[cut:], GOOD.leaf[:cut] + b"\xff" + GOOD.leaf[cut + 1 :]):
        try:
            report = x509.explain(bad, GOOD.intermediates, anchors=GOOD.anchors, at=GOOD.at)
        except PathError:
            continue
        assert not report.accepted or bad == GOOD.leaf
