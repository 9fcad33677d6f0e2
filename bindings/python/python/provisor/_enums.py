"""Choices that the caller makes in the open."""

from __future__ import annotations

from enum import Enum

__all__ = ["AllocationPolicy", "IdRules", "Profile"]


class AllocationPolicy(Enum):
    """Which hubs take part in an allocation, and at which weight.

    Where a policy is asked for, a ``HubName`` is the static policy: that hub, even at weight 0.

    >>> from provisor import AllocationPolicy
    >>> AllocationPolicy("evenlyWeighted")
    <AllocationPolicy.EVENLY_WEIGHTED: 'evenlyWeighted'>
    """

    __module__ = "provisor"

    WEIGHTED = "weighted"
    """In proportion to the weights of the hubs."""

    EVENLY_WEIGHTED = "evenlyWeighted"
    """Every hub is as likely as any other, except those of weight 0."""

    LOWEST_LATENCY = "lowestLatency"
    """The hub with the lowest latency; equal ones by weight."""


class IdRules(Enum):
    """Which rules a registration ID is held to; the service's rules changed over time.

    >>> from provisor import IdRules
    >>> [rules.name for rules in IdRules]
    ['CURRENT', 'V2017']
    """

    __module__ = "provisor"

    CURRENT = "current"
    """Up to 128 letters, digits, ``-`` ``.`` ``_`` ``:``; case not significant; the last one a
    letter, a digit or ``-``."""

    V2017 = "2017"
    """The rules of 2017: up to 128 lowercase letters, digits and hyphens."""


class Profile(Enum):
    """What kind of certificate stands at the end of a path.

    The values are the names that the command line tool knows.

    >>> from provisor.x509 import Profile
    >>> Profile("issuing-ca")
    <Profile.ISSUING_CA: 'issuing-ca'>
    """

    __module__ = "provisor.x509"

    DEVICE = "device"
    """A device's TLS client certificate."""

    ISSUING_CA = "issuing-ca"
    """A CA that signs device certificates."""

    IDEVID = "idevid"
    """A device identity from the factory (IEEE 802.1AR IDevID)."""

    EK = "ek"
    """A TPM's endorsement key."""

    AK = "ak"
    """A TPM's attestation key."""
