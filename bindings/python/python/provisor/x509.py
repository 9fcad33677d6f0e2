"""Certificates and paths, verified or explained.

``verify`` answers with a ``VerifiedPath`` or raises ``PathError``; ``explain`` answers with a
``Report`` on every candidate path and every rule that was tried.

>>> from provisor import PathError, x509
>>> try:
...     x509.verify(b"", anchors=[], at=1_790_928_664)
... except PathError as refused:
...     print(refused.code.name)
X509_TRUNCATED
"""

from __future__ import annotations

from provisor._enums import Profile
from provisor._provisor import Report, VerifiedPath, explain, pem_to_der, verify

__all__ = ["Profile", "Report", "VerifiedPath", "explain", "pem_to_der", "verify"]
