// The official hub client for Node.js, unmodified, against the registries of `provisor serve --dev`: `node hub.js GREETING`, where
// GREETING is a file with what `--json` printed. NODE_EXTRA_CA_CERTS names the CA of the server.
// One line for each case; the exit status is 0 when all were as they should be.
'use strict';

const assert = require('assert');
const fs = require('fs');
const { Registry } = require('azure-iothub');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Http } = require('azure-iot-provisioning-device-http');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');

const greeting = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { samples, idScope, host } = greeting;
const [hub] = greeting.hubs;
const registry = Registry.fromConnectionString(hub.connectionString);
const id = `by-hand#${process.pid}`;
const key = Buffer.alloc(32, 7).toString('base64');

const refused = async (promise, name, words) => {
  const error = await promise.then(() => undefined, (reason) => reason);
  assert.ok(error, `it was not refused with ${name}`);
  assert.strictEqual(error.constructor.name, name, String(error));
  assert.ok(String(error.message).includes(words), `not told why (${words}): ${error.message}`);
};
const body = (result) => result.responseBody;

const cases = {
  'a device that is not there': async () => {
    await refused(registry.get('nobody'), 'DeviceNotFoundError', 'HUB_DEVICE_UNKNOWN');
    await refused(registry.getTwin('nobody'), 'DeviceNotFoundError', 'HUB_DEVICE_UNKNOWN');
    await refused(registry.delete('nobody'), 'DeviceNotFoundError', 'HUB_DEVICE_UNKNOWN');
  },
  'a device is made, changed and removed': async () => {
    const made = body(await registry.create({ deviceId: id }));
    assert.strictEqual(made.deviceId, id);
    assert.strictEqual(made.authentication.symmetricKey.primaryKey.length, 88);
    await refused(registry.create({ deviceId: id }), 'DeviceAlreadyExistsError', 'HUB_EXISTS');
    const symmetricKey = { primaryKey: key, secondaryKey: key };
    await registry.update({ deviceId: id, status: 'disabled', authentication: { symmetricKey } });
    const found = body(await registry.get(id));
    assert.strictEqual(found.authentication.symmetricKey.primaryKey, key);
    assert.strictEqual(found.status, 'disabled');
    const listed = body(await registry.list());
    assert.ok(listed.some((device) => device.deviceId === id));
    await registry.delete(id);
    await refused(registry.get(id), 'DeviceNotFoundError', 'HUB_DEVICE_UNKNOWN');
  },
  'many at once': async () => {
    const devices = [1, 2, 3].map((number) => ({ deviceId: `${id}-${number}`, status: 'enabled' }));
    assert.strictEqual(body(await registry.addDevices(devices)).isSuccessful, true);
    await refused(registry.addDevices(devices), 'ArgumentError', 'DeviceAlreadyExists');
    const twins = await registry.createQuery(`SELECT * FROM devices WHERE deviceId IN ['${id}-1', '${id}-3']`, 1);
    const names = [];
    while (twins.hasMoreResults) {
      names.push(...(await twins.nextAsTwin()).result.map((twin) => twin.deviceId));
    }
    assert.deepStrictEqual(names, [`${id}-1`, `${id}-3`]);
    assert.strictEqual(body(await registry.removeDevices(devices, true)).isSuccessful, true);
    assert.ok(body(await registry.getRegistryStatistics()).totalDeviceCount >= 0);
  },
  'a twin is changed by its version': async () => {
    await registry.create({ deviceId: id });
    const twin = body(await registry.getTwin(id));
    const changed = body(await registry.updateTwin(id, { tags: { line: 7 }, properties: { desired: { rate: 5 } } }, twin.etag));
    assert.strictEqual(changed.properties.desired.rate, 5);
    assert.strictEqual(changed.properties.desired.$version, twin.properties.desired.$version + 1);
    await refused(registry.updateTwin(id, { tags: { line: 8 } }, twin.etag), 'InvalidEtagError', 'HUB_ETAG');
    const any = body(await registry.updateTwin(id, { properties: { desired: { rate: null } } }, '*'));
    assert.ok(!('rate' in any.properties.desired));
    assert.strictEqual(any.tags.line, 7);
    await registry.delete(id);
  },
  'another key is refused': async () => {
    const other = hub.connectionString.replace(/SharedAccessKey=.*/, `SharedAccessKey=${key}`);
    await refused(Registry.fromConnectionString(other).get('nobody'), 'UnauthorizedError', 'SERVICE_NOT_ADMITTED');
  },
  'a device that was provisioned is there': async () => {
    const { registrationId, symmetricKey } = samples.symmetricKey;
    const security = new SymmetricKeySecurityClient(registrationId, symmetricKey);
    const client = ProvisioningDeviceClient.create(host, idScope, new Http(), security);
    const result = await client.register();
    const { connectionString } = greeting.hubs.find((one) => one.name === result.assignedHub);
    const found = body(await Registry.fromConnectionString(connectionString).get(result.deviceId));
    assert.strictEqual(found.authentication.type, 'sas');
    assert.strictEqual(found.authentication.symmetricKey.primaryKey, symmetricKey);
    const others = greeting.hubs.filter((one) => one.name !== result.assignedHub);
    for (const other of others) {
      const there = Registry.fromConnectionString(other.connectionString);
      await refused(there.get(result.deviceId), 'DeviceNotFoundError', 'HUB_DEVICE_UNKNOWN');
    }
  },
};

(async () => {
  let failures = 0;
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run();
      console.log(`ok ${name}`);
    } catch (error) {
      failures += 1;
      console.log(`FAILED ${name}: ${error.stack}`);
    }
  }
  process.exit(failures === 0 ? 0 : 1);
})();
