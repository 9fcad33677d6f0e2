"""What is raised when something is refused: one class per area, all with the same fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from provisor._codes import Code

if TYPE_CHECKING:
    from provisor.x509 import Report

__all__ = ["AllocationError", "IdError", "PathError", "Rejection", "TpmError"]


class Rejection(Exception):
    """Something was refused, and this is why.

    ``str()`` is one line for people. Programs look at ``code``; its number never changes its
    meaning. Secrets are in none of the fields.

    >>> from provisor import Code, IdRules, RegistrationId, Rejection
    >>> try:
    ...     RegistrationId("Line-7", rules=IdRules.V2017)
    ... except Rejection as rejection:
    ...     print(rejection.code is Code.ID_CHARACTER, rejection.found, rejection.position)
    True 'L' 0
    """

    __module__ = "provisor"

    code: Final[Code]
    """The stable code."""
    subject: Final[str]
    """What the rejection is about: a certificate with its depth and name, or a field."""
    expected: Final[str]
    """What would have been accepted; empty when the code says it all."""
    found: Final[str]
    """What was there instead; empty when the code says it all."""
    remedy: Final[str]
    """What the person who reads it can do."""
    spec: Final[str]
    """The clause that the check enforces."""
    position: Final[int | None]
    """Where in the input, if known: bytes from its start, from 0 (text counts as UTF-8)."""

    def __init__(
        self,
        text: str,
        /,
        code: Code,
        subject: str,
        expected: str,
        found: str,
        remedy: str,
        spec: str,
        position: int | None,
    ) -> None:
        super().__init__(text)
        self.code = code
        self.subject = subject
        self.expected = expected
        self.found = found
        self.remedy = remedy
        self.spec = spec
        self.position = position

    @property
    def number(self) -> int:
        """The number of the code, for example 2103."""
        return self.code.value

    def __reduce__(self) -> tuple[type[Rejection], tuple[object, ...]]:
        # An exception's own way to be pickled knows of ``args`` only.
        facts = (
            self.code,
            self.subject,
            self.expected,
            self.found,
            self.remedy,
            self.spec,
            self.position,
        )
        return type(self), (self.args[0], *facts)


class IdError(Rejection):
    """An identifier was refused (codes 1000 to 1999)."""

    __module__ = "provisor"


class PathError(Rejection):
    """A certificate, or the path from it to a trust anchor, was refused (codes 2000 to 2999)."""

    __module__ = "provisor"

    _explain: Callable[[], Report] | None = None

    @property
    def report(self) -> Report | None:
        """Every candidate path and every rule that was tried.

        None when there was nothing to search, because a certificate could not be read, and after
        the exception was pickled. Made at the first look: whoever only wants the code does not pay
        for it.
        """
        return None if self._explain is None else self._explain()


class TpmError(Rejection):
    """A TPM structure, key or answer was refused (codes 3000 to 3499), or a challenge was
    answered twice (ATTEST_CHALLENGE_USED)."""

    __module__ = "provisor"


class AllocationError(Rejection):
    """No hub could be chosen (codes 5000 to 5999)."""

    __module__ = "provisor"


_AREAS: Final[tuple[tuple[range, type[Rejection]], ...]] = (
    (range(1000, 2000), IdError),
    (range(2000, 3000), PathError),
    (range(3000, 3500), TpmError),
    # ATTEST_CHALLENGE_USED; here it is only Challenge.verify that says so.
    (range(4017, 4018), TpmError),
    # ATTEST_KEYS_SWAPPED and ATTEST_ANSWER_TOKEN are about a TPM's keys and answers.
    (range(4050, 4052), TpmError),
    (range(5000, 6000), AllocationError),
)


def refusal(
    text: str,
    number: int,
    subject: str,
    expected: str,
    found: str,
    remedy: str,
    spec: str,
    position: int | None,
    /,
) -> Rejection:
    """The exception for a rejection of the core; called by the compiled module."""
    kind = next((kind for area, kind in _AREAS if number in area), Rejection)
    return kind(text, Code(number), subject, expected, found, remedy, spec, position)
