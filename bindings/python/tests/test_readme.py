"""The README's examples are run as they stand there."""

from __future__ import annotations

import base64
import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conftest import listed
from test_tpm import ANSWER, EK, EXPIRES, SRK
from test_tpm import GOOD as TPM_CASE
from test_x509 import EXPIRED, GOOD, Chain

README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README.read_text("utf-8"), re.S | re.M)
PYTHON = [text for language, text in BLOCKS if language == "python"]
FIRST, ALLOCATION, CHAINS, CHALLENGES = PYTHON


def run(example: str, **names: object) -> dict[str, object]:
    exec(compile(example, str(README), "exec"), names)
    return names


def test_the_first_example_has_five_lines_and_says_what_the_readme_shows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert len([line for line in FIRST.splitlines() if line]) == 5
    run(FIRST)
    assert f"`{capsys.readouterr().out.strip()}`" in README.read_text("utf-8")
    run(FIRST.replace('"line-7"', '"line 7"'))
    assert capsys.readouterr().out == next(text for language, text in BLOCKS if language == "text")


def test_the_allocation_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    run(ALLOCATION)
    assert len(capsys.readouterr().out.splitlines()) >= 3


def test_the_readme_of_the_project_shows_the_same_example() -> None:
    top = README.parents[2] / "README.md"
    if not top.is_file() or "```python" not in top.read_text("utf-8"):
        pytest.skip("the project's README has no Python example")
    assert f"```python\n{FIRST}```" in top.read_text("utf-8")


@pytest.mark.parametrize(
    ("chain", "said"),
    [(GOOD, "trusted through CN=Toy Root CA\n"), (EXPIRED, "X509_EXPIRED")],
)
def test_chains(
    chain: Chain,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def pem(*certificates: bytes) -> str:
        return "".join(
            f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}"
            "-----END CERTIFICATE-----\n"
            for der in certificates
        )

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            assert tz is UTC
            return datetime.fromtimestamp(chain.at, UTC)

    monkeypatch.chdir(tmp_path)
    Path("chain.pem").write_text(pem(chain.leaf, *chain.intermediates))
    Path("anchors.pem").write_text(pem(*chain.anchors))
    # Not in the module datetime itself: the extension takes the class from there at its first use.
    line = "from datetime import UTC, datetime\n"
    assert line in CHAINS
    run(CHAINS.replace(line, ""), UTC=UTC, datetime=Clock)
    assert said in capsys.readouterr().out


def test_challenges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: EXPIRES - 300.0)
    monkeypatch.setattr(os, "urandom", listed(TPM_CASE["random"]))

    def activate(id_object: bytes, encrypted_secret: bytes) -> bytes:
        assert id_object.hex() == TPM_CASE["id_object"]
        assert encrypted_secret.hex() == TPM_CASE["encrypted_secret"]
        return ANSWER

    names = run(CHALLENGES, ek=EK, srk=SRK, activate=activate)
    assert str(names["device"]) == TPM_CASE["registration_id"]
    assert "TpmProof" in repr(names["proof"])
