"""Certificates and paths."""

from __future__ import annotations

from provisor._enums import Profile

__all__ = ["Profile"]
