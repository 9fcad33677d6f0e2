# The official device client for Python over MQTT and MQTT over WebSocket, unmodified, against `provisor serve --dev`:
# `python device_mqtt.py GREETING`, where GREETING is a file with what `--json` printed. Devices are provisioned, and then
# connect to the hub that they were given. REQUESTS_CA_BUNDLE names the CA of the server.
# One line for each case; the exit status is 0 when all were as they should be.
import json
import os
import sys
import threading
import traceback
import uuid

from azure.iot.device import IoTHubDeviceClient, Message, ProvisioningDeviceClient, X509
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import Twin, TwinProperties

greeting = json.load(open(sys.argv[1]))
samples, scope, host = greeting["samples"], greeting["idScope"], greeting["host"]
hubs = {hub["name"]: hub for hub in greeting["hubs"]}
ca = open(os.environ["REQUESTS_CA_BUNDLE"]).read()
OTHER_KEY = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw=="


def keyed(registration_id, key, websockets, id_scope=scope):
    return ProvisioningDeviceClient.create_from_symmetric_key(
        provisioning_host=host,
        registration_id=registration_id,
        id_scope=id_scope,
        symmetric_key=key,
        websockets=websockets,
        server_verification_cert=ca,
    )


def certificate(sample):
    return X509(cert_file=sample["certificateFile"], key_file=sample["keyFile"])


def certified(registration_id, sample, websockets):
    return ProvisioningDeviceClient.create_from_x509_certificate(
        provisioning_host=host,
        registration_id=registration_id,
        id_scope=scope,
        x509=certificate(sample),
        websockets=websockets,
        server_verification_cert=ca,
    )


def assigned(client, registration_id):
    result = client.register()
    assert result.status == "assigned", result.status
    state = result.registration_state
    assert state.device_id == registration_id, state.device_id
    assert state.assigned_hub in hubs, state.assigned_hub
    return state


def refused(client, words):
    try:
        client.register()
    except Exception as error:
        shown = f"{error!r} <- {error.__cause__!r}"
        assert words in shown, shown
        return
    raise AssertionError(f"it was not refused: {words}")


def at_hub(client):
    try:
        works_at_hub(client)
    finally:
        client.shutdown()


def works_at_hub(client):
    client.connect()
    twin = client.get_twin()
    assert twin["desired"]["$version"] >= 1, twin
    stamp = str(uuid.uuid4())
    client.patch_twin_reported_properties({"stamp": stamp})
    assert client.get_twin()["reported"]["stamp"] == stamp
    message = Message(json.dumps({"rate": 7}))
    message.custom_properties["a b"] = "c/d&e=f"
    message.content_type = "application/json"
    client.send_message(message)
    client.send_message("x" * (256 * 1024 - 1024))
    try:
        client.patch_twin_reported_properties({"large": "x" * (33 * 1024)})
    except Exception as error:
        assert "413" in repr(error.__cause__), repr(error.__cause__)
    else:
        raise AssertionError("a twin that is too large was taken")
    # Accepted, though this hub sends nothing there.
    client.on_message_received = lambda message: None
    client.on_method_request_received = lambda request: None
    client.get_twin()


def with_key(state, key, websockets):
    return IoTHubDeviceClient.create_from_symmetric_key(
        symmetric_key=key,
        hostname=state.assigned_hub,
        device_id=state.device_id,
        websockets=websockets,
        server_verification_cert=ca,
    )


def key_of_its_own(websockets):
    sample = samples["symmetricKey"]
    registration_id, key = sample["registrationId"], sample["symmetricKey"]
    client = keyed(registration_id, key, websockets)
    client.provisioning_payload = {"model": 7}
    state = assigned(client, registration_id)
    device = with_key(state, key, websockets)
    at_hub(device)


def key_of_a_group(websockets):
    sample = samples["symmetricKeyGroup"]
    registration_id, key = sample["registrationId"], sample["symmetricKey"]
    state = assigned(keyed(registration_id, key, websockets), registration_id)
    device = with_key(state, key, websockets)
    at_hub(device)


def certificate_of_a_group(websockets):
    sample = samples["x509Group"]
    registration_id = sample["registrationId"]
    state = assigned(certified(registration_id, sample, websockets), registration_id)
    device = IoTHubDeviceClient.create_from_x509_certificate(
        x509=certificate(sample),
        hostname=state.assigned_hub,
        device_id=state.device_id,
        websockets=websockets,
        server_verification_cert=ca,
    )
    at_hub(device)


def what_is_desired(websockets):
    sample = samples["symmetricKey"]
    registration_id, key = sample["registrationId"], sample["symmetricKey"]
    state = assigned(keyed(registration_id, key, websockets), registration_id)
    string = hubs[state.assigned_hub].get("connectionString")
    if string is None:
        print("  (no registry here: nothing desired was changed)")
        return
    registry = IoTHubRegistryManager(string)
    device = with_key(state, key, websockets)
    told = threading.Condition()
    patches = []

    def tell(patch):
        with told:
            patches.append(patch)
            told.notify_all()

    def change(rate):
        twin = Twin(properties=TwinProperties(desired={"rate": rate}))
        registry.update_twin(registration_id, twin, "*")
        with told:
            found = told.wait_for(lambda: any(p.get("rate") == rate for p in patches), 20)
            assert found, f"not told of {rate}: {patches}"
            assert all("$version" in p for p in patches), patches

    try:
        device.on_twin_desired_properties_patch_received = tell
        device.connect()
        change(str(uuid.uuid4()))
        # It comes back without a SUBSCRIBE, and reads its twin without having subscribed to the answer.
        device.disconnect()
        device.connect()
        change(str(uuid.uuid4()))
        # Another connection of the same device takes its place, and leaves.
        rival = with_key(state, key, websockets)
        rival.connect()
        rival.shutdown()
        change(str(uuid.uuid4()))
    finally:
        device.shutdown()


def refusals(websockets):
    sample = samples["symmetricKey"]
    registration_id, key = sample["registrationId"], sample["symmetricKey"]
    refused(keyed(registration_id, OTHER_KEY, websockets), "401")
    refused(keyed(registration_id, key, websockets, id_scope="0ne00000000"), "404")
    refused(certified("another-name", samples["x509Group"], websockets), "401")


def hub_refusals(websockets):
    sample = samples["symmetricKey"]
    registration_id, key = sample["registrationId"], sample["symmetricKey"]
    state = assigned(keyed(registration_id, key, websockets), registration_id)
    device = with_key(state, OTHER_KEY, websockets)
    try:
        device.connect()
    except Exception as error:
        assert "Credentials invalid" in str(error), repr(error)
    else:
        raise AssertionError("the hub took a wrong key")
    finally:
        device.shutdown()


failures = 0
for words, websockets in [("MQTT", False), ("MQTT over WebSocket", True)]:
    for case in [
        key_of_its_own,
        key_of_a_group,
        certificate_of_a_group,
        what_is_desired,
        refusals,
        hub_refusals,
    ]:
        name = f"{words}: {case.__name__.replace('_', ' ')}"
        try:
            case(websockets)
            print(f"ok {name}", flush=True)
        except Exception:
            failures += 1
            print(f"FAILED {name}: {traceback.format_exc()}", flush=True)
# Threads of a client that was refused may be about still.
os._exit(1 if failures else 0)
