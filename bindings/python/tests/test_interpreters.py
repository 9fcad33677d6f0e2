"""Sub-interpreters: the module serves the first interpreter of a process, and says so to others."""

from __future__ import annotations

import subprocess
import sys

import pytest

MAIN = """
import importlib, sys
for name in ("_interpreters", "_xxsubinterpreters"):
    try:
        interpreters = importlib.import_module(name)
        break
    except ImportError:
        pass
else:
    sys.exit(77)
from provisor import RegistrationId, Rejection

SECOND = '''
try:
    import provisor
except ImportError as refused:
    assert "another interpreter" in str(refused), refused
else:
    raise AssertionError("it loads, and its exceptions are those of another interpreter")
'''
for _ in range(2):
    try:
        interpreter = interpreters.create("legacy")
    except TypeError:
        interpreter = interpreters.create()
    failed = interpreters.run_string(interpreter, SECOND)
    assert failed is None, failed
    try:
        RegistrationId("a b")
    except Rejection as rejection:
        assert type(rejection).__name__ == "IdError"
"""


def test_a_second_interpreter_is_refused_at_the_import() -> None:
    done = subprocess.run([sys.executable, "-c", MAIN], capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("this Python has no module for sub-interpreters")
    assert done.returncode == 0, done.stderr


def test_the_first_interpreter_may_load_it_again() -> None:
    again = (
        "import sys, provisor\n"
        "for name in [name for name in sys.modules if name.startswith('provisor')]:\n"
        "    del sys.modules[name]\n"
        "import provisor\n"
        "try:\n"
        "    provisor.RegistrationId('a b')\n"
        "except Exception as rejection:\n"
        "    assert type(rejection).__name__ == 'IdError'\n"
    )
    command = [sys.executable, "-c", again]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
