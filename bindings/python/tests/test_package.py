"""The package as it is installed."""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import inspect
from types import ModuleType

import pytest

import provisor
from provisor import _provisor, tpm, x509

MODULES = [provisor, x509, tpm]


def test_the_version_is_one() -> None:
    assert provisor.__version__ == importlib.metadata.version("provisor")


def test_the_package_says_that_it_is_typed() -> None:
    files = importlib.resources.files("provisor")
    assert files.joinpath("py.typed").is_file()
    assert files.joinpath("_provisor.pyi").is_file()


def test_the_compiled_module_is_for_the_stable_abi() -> None:
    assert _provisor.__file__ is not None
    assert ".abi3." in _provisor.__file__ or _provisor.__file__.endswith(".pyd")


@pytest.mark.parametrize("module", MODULES)
def test_all_is_sorted_and_true(module: ModuleType) -> None:
    assert list(module.__all__) == sorted(module.__all__)
    for name in module.__all__:
        assert hasattr(module, name)
    public = {name for name in vars(module) if not name.startswith("_")}
    assert public - {"annotations"} == {name for name in module.__all__ if name[0] != "_"}


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_is_documented(module: ModuleType) -> None:
    assert module.__doc__
    for name in module.__all__:
        thing = getattr(module, name)
        if inspect.isclass(thing) or inspect.isroutine(thing):
            assert thing.__doc__, name
        if inspect.isclass(thing):
            assert thing.__module__ == module.__name__, name
            for member, value in vars(thing).items():
                if not member.startswith("_") and (
                    inspect.isdatadescriptor(value) or inspect.isroutine(value)
                ):
                    assert value.__doc__, f"{name}.{member}"


def test_what_the_compiled_module_has_is_exported() -> None:
    exported = {name for module in MODULES for name in module.__all__}
    assert set(_provisor.__all__) <= exported
