"""The examples in the documentation are run."""

from __future__ import annotations

import doctest
import importlib
from collections.abc import Iterator
from typing import Any

import pytest


def documented() -> Iterator[tuple[str, str]]:
    for module_name in ("provisor", "provisor.x509", "provisor.tpm"):
        module = importlib.import_module(module_name)
        yield module_name, module.__doc__ or ""
        for name in module.__all__:
            thing: Any = getattr(module, name)
            if isinstance(thing, type) or callable(thing):
                yield f"{module_name}.{name}", thing.__doc__ or ""


EXAMPLES = [
    test
    for name, text in documented()
    if (test := doctest.DocTestParser().get_doctest(text, {}, name, None, None)).examples
]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 15


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.name))
def test_example(example: doctest.DocTest) -> None:
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=said.append)
    assert not said, "".join(said)
