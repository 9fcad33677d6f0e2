// The official device client for Node.js over AMQP and AMQP over WebSocket, unmodified, against `provisor serve --dev`:
// `node device-amqp.js GREETING`, where GREETING is a file with what `--json` printed. NODE_EXTRA_CA_CERTS names the CA of the server.
// One line for each case; the exit status is 0 when all were as they should be.
'use strict';

const assert = require('assert');
const fs = require('fs');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Amqp, AmqpWs } = require('azure-iot-provisioning-device-amqp');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { X509Security } = require('azure-iot-security-x509');

const greeting = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { samples, idScope, host } = greeting;
const hubs = greeting.hubs.map((hub) => hub.name);
const otherKey = Buffer.alloc(64, 7).toString('base64');
const pem = (file) => fs.readFileSync(file, 'utf8');

const register = (transport, security, change = {}) => {
  const client = ProvisioningDeviceClient.create(host, change.scope || idScope, transport, security);
  if (change.payload !== undefined) {
    client.setProvisioningPayload(change.payload);
  }
  const registered = new Promise((resolve, reject) => {
    client.register((error, result) => (error ? reject(error) : resolve(result)));
  });
  // Without a limit of its own, this client waits for ever when it is not answered.
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error('nothing within 60 s')), 60000).unref();
  });
  return Promise.race([registered, late]);
};
const keyed = (id, key) => new SymmetricKeySecurityClient(id, key);
const certified = (id, sample = samples.x509Group) => new X509Security(id, {
  cert: pem(sample.certificateFile),
  key: pem(sample.keyFile),
});

const assigned = async (transport, security, id, change) => {
  const result = await register(transport, security, change);
  assert.strictEqual(result.status, 'assigned');
  assert.strictEqual(result.registrationId, id);
  assert.strictEqual(result.deviceId, id);
  assert.ok(hubs.includes(result.assignedHub), `${result.assignedHub} is none of ${hubs}`);
  return result;
};
// What is rejected comes as the error of AMQP itself, which has no message.
const refused = async (transport, security, condition, code, change) => {
  const error = await register(transport, security, change).then(() => undefined, (reason) => reason);
  assert.ok(error, `it was not refused with ${code}`);
  const shown = JSON.stringify([error.condition, error.description, error.message, String(error)]);
  assert.ok(shown.includes(condition), `not ${condition}: ${shown}`);
  assert.ok(shown.includes(code), `not told why (${code}): ${shown}`);
};

const casesOf = (name, transport) => ({
  [`${name}: a certificate of a group, with the CA between`]: async () => {
    const id = samples.x509Group.registrationId;
    const first = await assigned(transport(), certified(id), id);
    const again = await assigned(transport(), certified(id), id);
    assert.strictEqual(again.assignedHub, first.assignedHub);
    assert.strictEqual(again.createdDateTimeUtc, first.createdDateTimeUtc);
  },
  [`${name}: a key of its own, and a payload`]: async () => {
    const { registrationId: id, symmetricKey: key } = samples.symmetricKey;
    await assigned(transport(), keyed(id, key), id, { payload: { model: 7 } });
  },
  [`${name}: a key derived from a group`]: async () => {
    const { registrationId: id, symmetricKey: key } = samples.symmetricKeyGroup;
    await assigned(transport(), keyed(id, key), id);
  },
  [`${name}: a wrong key is refused, and why is told`]: async () => {
    const id = samples.symmetricKey.registrationId;
    await refused(transport(), keyed(id, otherKey), 'amqp:unauthorized-access', 'SAS_SIGNATURE');
  },
  [`${name}: a key of nobody is refused`]: async () => {
    await refused(transport(), keyed('nobody-amqp', otherKey), 'amqp:unauthorized-access', 'errorCode');
  },
  [`${name}: another scope is refused`]: async () => {
    const { registrationId: id, symmetricKey: key } = samples.symmetricKey;
    await refused(transport(), keyed(id, key), 'amqp:not-found', 'REG_SCOPE', { scope: '0ne00000000' });
  },
  [`${name}: a certificate for another name is refused`]: async () => {
    await refused(transport(), certified('another-name'), 'amqp:unauthorized-access', 'ATTEST_ID_MISMATCH');
  },
});
const cases = {
  ...casesOf('AMQP', () => new Amqp()),
  ...casesOf('AMQP over WebSocket', () => new AmqpWs()),
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
