"""What all tests share: the vectors that Rust, C and Python run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

Case = dict[str, Any]

VECTORS = Path(
    os.environ.get(
        "PROVISOR_VECTORS",
        Path(__file__).parents[3] / "crates" / "provisor-testkit" / "vectors",
    )
)


def cases(name: str) -> list[Case]:
    """The cases of one vector file: at least one, for a test over no case could not fail."""
    found: list[Case] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["cases"]
    assert found, f"{name}.json has no cases"
    return found


def listed(digits: str) -> Callable[[int], bytes]:
    """Randomness that is known beforehand; the vectors were made with it."""
    rest = bytearray.fromhex(digits)

    def draw(length: int) -> bytes:
        taken = bytes(rest[:length])
        del rest[:length]
        return taken

    return draw
