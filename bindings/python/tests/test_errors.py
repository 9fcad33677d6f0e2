"""Exceptions with fields, and the table of codes behind them."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from provisor import (
    AllocationError,
    Class,
    Code,
    Hub,
    IdError,
    IdRules,
    PathError,
    RegistrationId,
    Rejection,
    TpmError,
    allocate,
    tpm,
    x509,
)


def refusal() -> Rejection:
    with pytest.raises(Rejection) as refused:
        RegistrationId("Line-7", rules=IdRules.V2017)
    return refused.value


def test_the_fields() -> None:
    rejection = refusal()
    assert type(rejection) is IdError
    assert rejection.code is Code.ID_CHARACTER
    assert rejection.number == rejection.code.value == 1003
    assert rejection.subject == "registrationId"
    assert rejection.expected == "lowercase letters a-z, digits or '-' (rules of 2017)"
    assert rejection.found == "'L'"
    assert rejection.remedy == "write it as `line-7`"
    assert rejection.spec == Code.ID_CHARACTER.spec
    assert rejection.position == 0


def test_the_text_is_one_line_with_all_of_it() -> None:
    rejection = refusal()
    text = str(rejection)
    assert "\n" not in text
    assert text.startswith("ID_CHARACTER (1003): registrationId: ")
    for part in (rejection.expected, rejection.found, rejection.remedy, rejection.spec):
        assert part in text
    assert rejection.args == (text,)


def test_it_survives_copies_and_pickles() -> None:
    rejection = refusal()
    for twin in (copy.copy(rejection), pickle.loads(pickle.dumps(rejection))):
        assert type(twin) is IdError
        assert vars(twin) == vars(rejection)
        assert str(twin) == str(rejection)


def test_one_class_per_area() -> None:
    with pytest.raises(PathError) as path:
        x509.verify(b"", anchors=[], at=0)
    assert path.value.report is None
    with pytest.raises(TpmError):
        tpm.EkPublic(b"")
    with pytest.raises(AllocationError):
        allocate("0ne00000001", "line-7", [Hub("a", 0)])
    for kind in (AllocationError, IdError, PathError, TpmError):
        assert issubclass(kind, Rejection)
        assert not issubclass(kind, (ValueError, TypeError, OSError))
        assert kind.__module__ == "provisor"


def test_every_code_reads_as_a_sentence_part() -> None:
    assert len(Code) > 100
    for code in Code:
        assert re.fullmatch("[A-Z][A-Z0-9_]*", code.name)
        for text in (code.meaning, code.remedy, code.spec):
            assert text
            assert not text.endswith(".")
    assert Code(2103) is Code.X509_EXPIRED
    assert Code["X509_EXPIRED"].value == 2103


def test_every_code_says_who_has_to_do_something() -> None:
    assert {code.class_ for code in Code} == set(Class)
    assert Code.X509_EXPIRED.class_ is Class.DEVICE
    assert Code.ATTEST_DISABLED.class_ is Class.OPERATOR
    assert Code.REG_FACTS.class_ is Class.SERVICE
    assert Code.REG_SAVE_LOST.class_ is Class.TRANSIENT
