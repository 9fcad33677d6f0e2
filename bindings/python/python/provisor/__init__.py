"""Device provisioning as pure logic.

* Identifiers: ``RegistrationId``, ``DeviceId``, ``IdScope``, ``GroupId``, ``HubName``.
* Which hub a device goes to: ``allocate``, ``LinkedHubs``, ``explain_allocation``.
* Certificates: ``provisor.x509``. TPM challenges: ``provisor.tpm``.

Everything that is refused raises ``Rejection`` with a stable ``code`` and the facts. Nothing here
reads a clock: times are arguments, aware ``datetime`` objects or seconds since 1970.

>>> from provisor import RegistrationId
>>> RegistrationId("Line-7").normal_form
'line-7'
"""

from __future__ import annotations

from provisor import tpm, x509
from provisor._codes import Class, Code
from provisor._enums import AllocationPolicy, IdRules
from provisor._errors import AllocationError, IdError, PathError, Rejection, TpmError
from provisor._provisor import (
    Allocation,
    AllocationRow,
    DeviceId,
    GroupId,
    Hub,
    HubName,
    IdScope,
    LinkedHubs,
    RegistrationId,
    __version__,
    allocate,
    explain_allocation,
)

__all__ = [
    "Allocation",
    "AllocationError",
    "AllocationPolicy",
    "AllocationRow",
    "Class",
    "Code",
    "DeviceId",
    "GroupId",
    "Hub",
    "HubName",
    "IdError",
    "IdRules",
    "IdScope",
    "LinkedHubs",
    "PathError",
    "RegistrationId",
    "Rejection",
    "TpmError",
    "__version__",
    "allocate",
    "explain_allocation",
    "tpm",
    "x509",
]
