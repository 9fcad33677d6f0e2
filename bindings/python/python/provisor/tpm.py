"""TPM 2.0 keys and challenges."""

from __future__ import annotations

__all__: list[str] = []
