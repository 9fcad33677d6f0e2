"""What all tests share: the vectors that Rust, C and Python run."""

from __future__ import annotations

import json
import os
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
