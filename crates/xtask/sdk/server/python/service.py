"""The official service clients for Python, unmodified: `python service.py GREETING`, a file with what
`serve --dev --json` printed.

The certificate of the server is trusted through REQUESTS_CA_BUNDLE. One line for each case; the exit status is 0 when
all were as they should be.
"""

import base64
import json
import os
import secrets
import sys
import traceback

from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.iot.deviceprovisioning import DeviceProvisioningClient
from provisioningserviceclient import ProvisioningServiceClient
from provisioningserviceclient.client import ProvisioningServiceError
from provisioningserviceclient.models import (
    AttestationMechanism,
    BulkEnrollmentOperation,
    EnrollmentGroup,
    IndividualEnrollment,
    QuerySpecification,
    SymmetricKeyAttestation,
)

with open(sys.argv[1], encoding="utf-8") as greeting:
    OWNER = json.load(greeting)["serviceConnectionString"]
PARTS = dict(part.split("=", 1) for part in OWNER.split(";"))
# Names of this run's own: the server may have others.
RUN = f"python-{secrets.token_hex(4)}"
BY_KEYS = {"type": "symmetricKey", "symmetricKey": {}}


def client(policy=None, key=None):
    """A client of the generated package; without arguments, the owner's."""
    policy = policy or PARTS["SharedAccessKeyName"]
    key = key or PARTS["SharedAccessKey"]
    text = f"HostName={PARTS['HostName']};SharedAccessKeyName={policy};SharedAccessKey={key}"
    return DeviceProvisioningClient.from_connection_string(text)


def refused(kind, words, function, *given, **named):
    """The refusal, which says why."""
    try:
        function(*given, **named)
    except kind as error:
        assert words in str(error), f"not told why: {error}"
        return error
    raise AssertionError(f"it was not refused: {words}")


def individual_enrollment():
    """make, read, update by its etag, an old etag is 412, delete"""
    service = client()
    name = f"{RUN}-one"
    body = {
        "registrationId": name,
        "attestation": BY_KEYS,
        "deviceId": "press-7",
        "initialTwin": {"tags": {"line": 7}, "properties": {"desired": {"speed": 3}}},
    }
    made = service.enrollment.create_or_update(id=name, enrollment=body)
    assert made["provisioningStatus"] == "enabled"
    read = service.enrollment.get(id=name)
    assert read["etag"] == made["etag"] and read["deviceId"] == "press-7"
    assert read["initialTwin"]["properties"]["desired"]["speed"] == 3
    read["provisioningStatus"] = "disabled"
    tag = {"if_match": read["etag"]}
    updated = service.enrollment.create_or_update(id=name, enrollment=read, **tag)
    assert updated["provisioningStatus"] == "disabled" and updated["etag"] != made["etag"]
    late = refused(
        HttpResponseError, "SERVICE_ETAG", service.enrollment.create_or_update, id=name, enrollment=read, **tag
    )
    assert late.status_code == 412
    late = refused(HttpResponseError, "SERVICE_ETAG", service.enrollment.delete, id=name, **tag)
    assert late.status_code == 412
    service.enrollment.delete(id=name, if_match=updated["etag"])
    refused(ResourceNotFoundError, "SERVICE_NOT_FOUND", service.enrollment.get, id=name)


def attestation_mechanism():
    """the keys, and nowhere else"""
    service = client()
    name = f"{RUN}-keys"
    made = service.enrollment.create_or_update(id=name, enrollment={"registrationId": name, "attestation": BY_KEYS})
    assert "primaryKey" not in str(made)
    keys = service.enrollment.get_attestation_mechanism(id=name)["symmetricKey"]
    assert len(base64.b64decode(keys["primaryKey"])) == 64
    service.enrollment.delete(id=name)


def group():
    """make, read, its registrations, its mechanism, an old etag is 412, delete"""
    service = client()
    name = f"{RUN}-group"
    body = {"enrollmentGroupId": name, "attestation": BY_KEYS}
    made = service.enrollment_group.create_or_update(id=name, enrollment_group=body)
    again = service.enrollment_group.create_or_update(id=name, enrollment_group=body)
    assert service.enrollment_group.get(id=name)["etag"] == again["etag"] != made["etag"]
    keys = service.enrollment_group.get_attestation_mechanism(id=name)["symmetricKey"]
    assert len(base64.b64decode(keys["secondaryKey"])) == 64
    assert list(service.device_registration_state.query(id=name)) == []
    refused(HttpResponseError, "SERVICE_ETAG", service.enrollment_group.delete, id=name, if_match=made["etag"])
    service.enrollment_group.delete(id=name)


def query():
    """every page, and its end"""
    service = client()
    names = [f"{RUN}-page-{number}" for number in range(7)]
    for name in names:
        service.enrollment.create_or_update(id=name, enrollment={"registrationId": name, "attestation": BY_KEYS})
    text = {"query": "SELECT * FROM enrollments"}
    pages = [list(page) for page in service.enrollment.query(text, top=3).by_page()]
    assert all(len(page) <= 3 for page in pages) and len(pages) >= 3
    found = [item["registrationId"] for page in pages for item in page]
    assert [name for name in found if name in names] == names
    refused(HttpResponseError, "WIRE_QUERY", list, service.enrollment.query({"query": "DROP TABLE"}))
    for name in names:
        service.enrollment.delete(id=name)


def bulk():
    """create, update, updateIfMatchETag, delete, each item for itself"""
    service = client()

    def item(number):
        return {"registrationId": f"{RUN}-bulk-{number}", "attestation": BY_KEYS}

    def run(mode, *items):
        return service.enrollment.run_bulk_operation({"mode": mode, "enrollments": list(items)})

    assert run("create", item(1), item(2)) == {"isSuccessful": True, "errors": []}
    twice = run("create", item(2), item(3))
    assert not twice["isSuccessful"] and [error["errorCode"] for error in twice["errors"]] == [409000]
    assert run("update", item(1), item(4))["errors"][0]["errorCode"] == 404201
    read = service.enrollment.get(id=item(1)["registrationId"])
    assert run("updateIfMatchETag", read)["isSuccessful"]
    assert run("updateIfMatchETag", read)["errors"][0]["errorCode"] == 412001
    assert run("delete", item(1), item(2), item(3))["isSuccessful"]


def registrations():
    """one that there is not"""
    refused(ResourceNotFoundError, "SERVICE_NOT_FOUND", client().device_registration_state.get, id=f"{RUN}-none")
    refused(ResourceNotFoundError, "SERVICE_NOT_FOUND", client().device_registration_state.delete, id=f"{RUN}-none")


def what_is_wrong_is_told():
    """the member of the body, and why"""
    name = f"{RUN}-tpm"
    body = {"registrationId": name, "attestation": {"type": "tpm", "tpm": {"endorsementKey": "AA=="}}}
    refused(HttpResponseError, "endorsementKey", client().enrollment.create_or_update, id=name, enrollment=body)


def wrong_rights_and_keys():
    """the reason"""
    from azure.core.rest import HttpRequest

    def manage(method, path, **body):
        # The management API, which no SDK speaks, through the client's own pipeline: it adds the token.
        url = f"https://{PARTS['HostName']}/admin/policies/{path}"
        answer = client().send_request(HttpRequest(method, url, **body))
        answer.raise_for_status()
        return answer.json() if answer.content else None

    policy = f"{RUN}-reader"
    manage("PUT", policy, json={"rights": ["EnrollmentRead"]})
    keys = manage("POST", f"{policy}/keys")
    reader = client(policy, keys["primaryKey"])
    list(reader.enrollment.query({"query": "SELECT * FROM enrollments"}))
    name = f"{RUN}-reader"
    body = {"registrationId": name, "attestation": BY_KEYS}
    unauthorized = ClientAuthenticationError
    refused(unauthorized, "SERVICE_RIGHT", reader.enrollment.create_or_update, id=name, enrollment=body)
    refused(unauthorized, "SERVICE_RIGHT", reader.device_registration_state.get, id=name)
    other = client(None, keys["primaryKey"])
    refused(unauthorized, "SERVICE_TOKEN_OTHER_POLICY", other.enrollment.get, id=name)
    stranger = client(None, base64.b64encode(os.urandom(64)).decode())
    # It learns nothing but SERVICE_NOT_ADMITTED; a server for development tells why.
    refused(unauthorized, "SERVICE_TOKEN_SIGNATURE", stranger.enrollment.get, id=name)
    manage("DELETE", policy)
    refused(unauthorized, "SERVICE_TOKEN_POLICY", reader.enrollment.get, id=name)


def the_client_of_2018():
    """azure-iothub-provisioningserviceclient: all of its operations; it shows the reason phrase alone"""
    service = ProvisioningServiceClient.create_from_connection_string(OWNER)
    keys = SymmetricKeyAttestation(
        primary_key=base64.b64encode(os.urandom(64)).decode(), secondary_key=base64.b64encode(os.urandom(64)).decode()
    )
    by_keys = AttestationMechanism(type="symmetricKey", symmetric_key=keys)
    name = f"{RUN}-2018"
    made = service.create_or_update(IndividualEnrollment.create(name, by_keys))
    assert made.registration_id == name
    read = service.get_individual_enrollment(name)
    assert read.etag == made.etag
    mechanism = service.get_individual_enrollment_attestation_mechanism(name)
    assert mechanism.symmetric_key.primary_key == keys.primary_key
    read.provisioning_status = "disabled"
    updated = service.create_or_update(read)
    assert updated.provisioning_status == "disabled"
    refused(ProvisioningServiceError, "Service Error 412 - Precondition Failed", service.create_or_update, read)
    pages = service.create_individual_enrollment_query(QuerySpecification(query="SELECT * FROM enrollments"), 2)
    found = []
    for page in pages:
        found += [enrollment.registration_id for enrollment in page]
        if not pages.has_next:
            break
    assert name in found
    refused(ProvisioningServiceError, "Service Error 412 - Precondition Failed", service.delete, made)
    service.delete(updated)
    refused(ProvisioningServiceError, "Service Error 404 - Not Found", service.get_individual_enrollment, name)
    group_id = f"{RUN}-2018-group"
    group = EnrollmentGroup.create(group_id, by_keys)
    made = service.create_or_update(group)
    assert service.get_enrollment_group(group_id).etag == made.etag
    service.delete(made)
    one = IndividualEnrollment.create(name, by_keys)
    result = service.run_bulk_operation(BulkEnrollmentOperation(mode="create", enrollments=[one]))
    assert result.is_successful, result
    result = service.run_bulk_operation(BulkEnrollmentOperation(mode="delete", enrollments=[one]))
    assert result.is_successful, result
    refused(ProvisioningServiceError, "Service Error 404 - Not Found", service.get_registration_state, name)
    stranger = ProvisioningServiceClient(
        PARTS["HostName"], PARTS["SharedAccessKeyName"], base64.b64encode(os.urandom(64)).decode()
    )
    refused(ProvisioningServiceError, "Service Error 401 - Unauthorized", stranger.get_individual_enrollment, name)


CASES = [
    individual_enrollment,
    attestation_mechanism,
    group,
    query,
    bulk,
    registrations,
    what_is_wrong_is_told,
    wrong_rights_and_keys,
    the_client_of_2018,
]


def main():
    failed = 0
    for case in CASES:
        words = f"{case.__name__.replace('_', ' ')}: {case.__doc__}"
        try:
            case()
            print(f"ok      {words}")
        except Exception:  # noqa: BLE001 - every case is told of
            failed += 1
            print(f"FAILED  {words}\n{traceback.format_exc()}")
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
