"""TPM 2.0 keys, Names, and the challenge that proves where they live.

A device sends the public areas of its endorsement key and its storage root key. ``Challenge`` seals
a secret that only a TPM with both keys can read; the secret that comes back is judged by
``Challenge.verify``, once.
"""

from __future__ import annotations

from provisor._provisor import AkPublic, Challenge, EkPublic, Name, SrkPublic, TpmProof

__all__ = ["AkPublic", "Challenge", "EkPublic", "Name", "SrkPublic", "TpmProof"]
