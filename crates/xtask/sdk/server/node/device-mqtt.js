// The official device clients for Node.js over MQTT and MQTT over WebSocket, unmodified, against `provisor serve --dev`:
// `node device-mqtt.js GREETING`, where GREETING is a file with what `--json` printed. Devices are provisioned, and then connect to
// the hub that they were given. NODE_EXTRA_CA_CERTS names the CA of the server.
// One line for each case; the exit status is 0 when all were as they should be.
'use strict';

const assert = require('assert');
const fs = require('fs');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const provisioning = require('azure-iot-provisioning-device-mqtt');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { X509Security } = require('azure-iot-security-x509');
const { Client, Message } = require('azure-iot-device');
const device = require('azure-iot-device-mqtt');
const { Registry } = require('azure-iothub');

const greeting = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { samples, idScope, host } = greeting;
const hubs = greeting.hubs.map((hub) => hub.name);
const pem = (file) => fs.readFileSync(file, 'utf8');
const otherKey = Buffer.alloc(64, 7).toString('base64');

const register = (transport, security, change = {}) => new Promise((resolve, reject) => {
  const scope = change.scope || idScope;
  const client = ProvisioningDeviceClient.create(host, scope, transport, security);
  if (change.payload !== undefined) {
    client.setProvisioningPayload(change.payload);
  }
  client.register((error, result) => (error ? reject(error) : resolve(result)));
});
const keyed = (id, key) => new SymmetricKeySecurityClient(id, key);
const certified = (id, sample = samples.x509Group) => new X509Security(id, {
  cert: pem(sample.certificateFile),
  key: pem(sample.keyFile),
});
const within = (seconds, what, promise) => Promise.race([
  promise,
  new Promise((_, reject) => {
    const late = () => reject(new Error(`${what}: nothing within ${seconds} s`));
    setTimeout(late, seconds * 1000).unref();
  }),
]);

const assigned = async (transport, security, id, change) => {
  const result = await within(60, id, register(transport, security, change));
  assert.strictEqual(result.status, 'assigned');
  assert.strictEqual(result.registrationId, id);
  assert.strictEqual(result.deviceId, id);
  assert.ok(hubs.includes(result.assignedHub), `${result.assignedHub} is none of ${hubs}`);
  return result;
};
const refused = async (transport, security, name, code, change) => {
  const attempt = register(transport, security, change).then(() => undefined, (reason) => reason);
  const error = await within(60, 'a refusal', attempt);
  assert.ok(error, `it was not refused with ${code}`);
  assert.strictEqual(error.constructor.name, name, String(error));
  const shown = [error.message, JSON.stringify(error.result)].map(String).join(' ');
  assert.ok(shown.includes(code), `not told why (${code}): ${shown}`);
};

// At the hub: the twin, what is desired, what is reported, messages; and again after the connection was lost.
const getTwin = (client) => within(20, 'the twin', client.getTwin());
const atHub = async (client) => {
  await within(20, 'the hub', client.open());
  const twin = await getTwin(client);
  assert.ok(twin.properties.desired.$version >= 1);
  const stamp = `s${Date.now()}`;
  await within(20, 'what is reported', new Promise((resolve, reject) => {
    twin.properties.reported.update({ stamp }, (error) => (error ? reject(error) : resolve()));
  }));
  const again = await getTwin(client);
  assert.strictEqual(again.properties.reported.stamp, stamp);
  const message = new Message(JSON.stringify({ rate: 7 }));
  message.properties.add('a b', 'c/d&e=f');
  message.contentType = 'application/json';
  await within(20, 'a message', client.sendEvent(message));
  // What has no errorCode in its body, this client takes for success.
  const large = await new Promise((resolve) => {
    twin.properties.reported.update({ large: 'x'.repeat(33 * 1024) }, resolve);
  });
  assert.ok(large && /HUB_TWIN_SIZE/.test(large.message), `not told: ${large}`);
  // Accepted, though this hub sends nothing there.
  client.on('message', () => {});
  client.onDeviceMethod('reboot', () => {});
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  await getTwin(client);
  return twin;
};
const keyString = (result, key) => `HostName=${result.assignedHub};DeviceId=${result.deviceId};SharedAccessKey=${key}`;
const hubOf = (result) => greeting.hubs.find((hub) => hub.name === result.assignedHub);

const registry = (result) => {
  const string = hubOf(result).connectionString;
  return string && Registry.fromConnectionString(string);
};

const over = (Provisioning, Device) => {
  const transport = () => new Provisioning();
  const toldOf = async (client, service, result, key) => {
    await within(20, 'the hub', client.open());
    const twin = await getTwin(client);
    const waiting = [];
    twin.on('properties.desired', (patch) => waiting.splice(0).forEach((tell) => tell(patch)));
    const change = async (rate) => {
      const told = new Promise((resolve) => {
        const tell = (patch) => (patch.rate === rate ? resolve(patch) : waiting.push(tell));
        waiting.push(tell);
      });
      await service.updateTwin(result.deviceId, { properties: { desired: { rate } } }, '*');
      const patch = await within(20, 'what is desired', told);
      assert.ok(patch.$version >= 1);
    };
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    await change(Date.now());
    // Another connection of the same device takes its place, and leaves: this one comes back, and
    // subscribes to nothing.
    const rival = Client.fromConnectionString(keyString(result, key), Device);
    await within(20, 'the rival', rival.open());
    await rival.close();
    // What it asks before it has noticed is lost with the connection, and it has no timer.
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
    await within(30, 'the twin', client.getTwin());
    await change(Date.now());
  };
  return {
    'a key of its own, and its hub': async () => {
      const { registrationId: id, symmetricKey: key } = samples.symmetricKey;
      const result = await assigned(transport(), keyed(id, key), id, { payload: { model: 7 } });
      const client = Client.fromConnectionString(keyString(result, key), Device);
      await atHub(client).finally(() => client.close());
    },
    'a key derived from a group, and its hub': async () => {
      const { registrationId: id, symmetricKey: key } = samples.symmetricKeyGroup;
      const result = await assigned(transport(), keyed(id, key), id);
      const client = Client.fromConnectionString(keyString(result, key), Device);
      await atHub(client).finally(() => client.close());
    },
    'a certificate of a group, with the CA between, and its hub': async () => {
      const id = samples.x509Group.registrationId;
      const result = await assigned(transport(), certified(id), id);
      const string = `HostName=${result.assignedHub};DeviceId=${id};x509=true`;
      const client = Client.fromConnectionString(string, Device);
      const { certificateFile, keyFile } = samples.x509Group;
      await client.setOptions({ cert: pem(certificateFile), key: pem(keyFile) });
      await atHub(client).finally(() => client.close());
    },
    'what is desired comes, also after the connection was lost': async () => {
      const { registrationId: id, symmetricKey: key } = samples.symmetricKey;
      const result = await assigned(transport(), keyed(id, key), id);
      const service = registry(result);
      if (!service) {
        console.log('  (no registry here: nothing desired was changed)');
        return;
      }
      const client = Client.fromConnectionString(keyString(result, key), Device);
      await toldOf(client, service, result, key).finally(() => client.close());
    },
    'a wrong key is refused, and why is told': async () => {
      const id = samples.symmetricKey.registrationId;
      await refused(transport(), keyed(id, otherKey), 'UnauthorizedError', 'SAS_SIGNATURE');
    },
    'a key of nobody is refused': async () => {
      await refused(transport(), keyed('nobody-mqtt', otherKey), 'UnauthorizedError', 'errorCode');
    },
    'another scope is refused': async () => {
      const { registrationId: id, symmetricKey: key } = samples.symmetricKey;
      await refused(transport(), keyed(id, key), 'DeviceNotFoundError', 'REG_SCOPE', { scope: '0ne00000000' });
    },
    'a certificate for another name is refused': async () => {
      await refused(transport(), certified('another-name'), 'UnauthorizedError', 'ATTEST_ID_MISMATCH');
    },
    'the hub refuses a wrong key and a device that it has not': async () => {
      const { registrationId: id, symmetricKey: key } = samples.symmetricKey;
      const result = await assigned(transport(), keyed(id, key), id);
      for (const [deviceId, secret] of [[id, otherKey], ['nobody', key]]) {
        const string = keyString({ ...result, deviceId }, secret);
        const client = Client.fromConnectionString(string, Device);
        const error = await within(30, 'a refusal', client.open().then(() => undefined, (reason) => reason));
        assert.strictEqual(error && error.constructor.name, 'UnauthorizedError', String(error));
        await client.close().catch(() => {});
      }
    },
  };
};

(async () => {
  let failures = 0;
  for (const [words, cases] of [
    ['MQTT', over(provisioning.Mqtt, device.Mqtt)],
    ['MQTT over WebSocket', over(provisioning.MqttWs, device.MqttWs)],
  ]) {
    for (const [name, run] of Object.entries(cases)) {
      try {
        await run();
        console.log(`ok ${words}: ${name}`);
      } catch (error) {
        failures += 1;
        console.log(`FAILED ${words}: ${name}: ${(error && error.stack) || JSON.stringify(error)}`);
      }
    }
  }
  process.exit(failures === 0 ? 0 : 1);
})();
