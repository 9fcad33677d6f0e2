"""The official hub and device clients for Python, unmodified, against `provisor serve --dev`: `python hub.py GREETING`, where
GREETING is a file with what `--json` printed. REQUESTS_CA_BUNDLE names the CA of the server.

A device is provisioned, its operator wants something of it through the registry, it is told, it reports, the operator reads it.
One line for each case; the exit status is 0 when all were as they should be.
"""

import json
import os
import sys
import threading
import traceback

from azure.iot.device import IoTHubDeviceClient, ProvisioningDeviceClient
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import QuerySpecification, Twin, TwinProperties
from msrest.exceptions import HttpOperationError

with open(sys.argv[1], encoding="utf-8") as file:
    greeting = json.load(file)
with open(os.environ["REQUESTS_CA_BUNDLE"], encoding="utf-8") as file:
    CA = file.read()
SAMPLES = greeting["samples"]
HUB = greeting["hubs"][0]
NAME = f"by-hand-py-{os.getpid()}"


def registry(hub):
    return IoTHubRegistryManager.from_connection_string(hub["connectionString"])


def refused(status, call, *arguments):
    try:
        call(*arguments)
    except HttpOperationError as error:
        assert error.response.status_code == status, f"{error.response.status_code}: {error}"
        return error.response.json()["Message"]
    raise AssertionError(f"it was not refused with {status}")


def the_life_of_a_device():
    there = registry(HUB)
    assert refused(404, there.get_device, NAME).startswith("ErrorCode:DeviceNotFound;")
    made = there.create_device_with_sas(NAME, "", "", "enabled", iot_edge=True)
    assert made.capabilities.iot_edge and len(made.authentication.symmetric_key.primary_key) == 88
    assert refused(409, there.create_device_with_sas, NAME, "", "", "enabled").startswith("ErrorCode:DeviceAlreadyExists;")
    keys = made.authentication.symmetric_key
    changed = there.update_device_with_sas(
        NAME, made.etag, keys.primary_key, keys.secondary_key, "disabled", status_reason="at rest"
    )
    assert (changed.status, changed.status_reason) == ("disabled", "at rest")
    assert changed.status_updated_time is not None
    refused(412, there.delete_device, NAME, made.etag)
    assert NAME in [device.device_id for device in there.get_devices(1000)]
    there.delete_device(NAME)
    assert refused(404, there.get_twin, NAME).startswith("ErrorCode:DeviceNotFound;")


def a_certificate_by_its_thumbprint():
    there = registry(HUB)
    there.create_device_with_x509(NAME, "AB" * 32, None, "enabled")
    found = there.get_device(NAME)
    assert found.authentication.type == "selfSigned"
    assert found.authentication.x509_thumbprint.primary_thumbprint == "AB" * 32
    there.delete_device(NAME)
    message = refused(400, there.create_device_with_x509, NAME, "AB" * 20, None, "enabled")
    assert "SHA-256" in message, message


def twins_and_queries():
    there = registry(HUB)
    there.create_device_with_sas(NAME, "", "", "enabled")
    twin = there.get_twin(NAME)
    patch = Twin(tags={"who": NAME}, properties=TwinProperties(desired={"rate": 5}))
    changed = there.update_twin(NAME, patch, twin.etag)
    assert changed.properties.desired["rate"] == 5
    refused(412, there.update_twin, NAME, patch, twin.etag)
    query = QuerySpecification(query=f"SELECT * FROM devices WHERE tags.who = '{NAME}'")
    found = there.query_iot_hub(query, None, 10)
    assert [item.device_id for item in found.items] == [NAME] and not found.continuation_token
    replaced = there.replace_twin(NAME, Twin(tags={"b": 1}), changed.etag)
    assert replaced.tags == {"b": 1} and "rate" not in replaced.properties.desired
    assert there.get_device_registry_statistics().total_device_count >= 1
    there.delete_device(NAME)


def another_key():
    other = HUB["connectionString"].split("SharedAccessKey=")[0] + "SharedAccessKey=" + "A" * 43 + "="
    assert refused(401, IoTHubRegistryManager.from_connection_string(other).get_device, NAME)


def from_provisioning_to_what_is_reported():
    sample = SAMPLES["symmetricKeyGroup"]
    provisioning = ProvisioningDeviceClient.create_from_symmetric_key(
        provisioning_host=greeting["host"],
        registration_id=sample["registrationId"],
        id_scope=greeting["idScope"],
        symmetric_key=sample["symmetricKey"],
        server_verification_cert=CA,
        websockets=False,
    )
    result = provisioning.register()
    assert result.status == "assigned", result.status
    state = result.registration_state
    there = registry(next(hub for hub in greeting["hubs"] if hub["name"] == state.assigned_hub))
    client = IoTHubDeviceClient.create_from_symmetric_key(
        symmetric_key=sample["symmetricKey"],
        hostname=state.assigned_hub,
        device_id=state.device_id,
        server_verification_cert=CA,
    )
    told, arrived = [], threading.Event()

    def handler(change):
        told.append(change)
        arrived.set()

    client.connect()
    try:
        client.on_twin_desired_properties_patch_received = handler
        client.get_twin()
        mark = f"m{os.getpid()}"
        changed = there.update_twin(state.device_id, Twin(properties=TwinProperties(desired={"mark": mark})), None)
        assert arrived.wait(20), "the device was not told"
        assert told[-1]["mark"] == mark and told[-1]["$version"] == changed.properties.desired["$version"]
        client.patch_twin_reported_properties({"mark": mark})
        assert there.get_twin(state.device_id).properties.reported["mark"] == mark
        assert there.get_device(state.device_id).connection_state == "Connected"
        client.send_message("{}")
    finally:
        client.shutdown()


CASES = [
    the_life_of_a_device,
    a_certificate_by_its_thumbprint,
    twins_and_queries,
    another_key,
    from_provisioning_to_what_is_reported,
]
failures = 0
for case in CASES:
    try:
        case()
        print(f"ok {case.__name__.replace('_', ' ')}")
    except Exception:  # noqa: BLE001: whatever it is, the others shall run
        failures += 1
        print(f"FAILED {case.__name__.replace('_', ' ')}")
        traceback.print_exc(file=sys.stdout)
sys.exit(1 if failures else 0)
