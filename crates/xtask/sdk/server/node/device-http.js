// The official device client for Node.js over HTTP, unmodified, against `provisor serve --dev`: `node device-http.js GREETING`,
// where GREETING is a file with what `--json` printed. NODE_EXTRA_CA_CERTS names the CA of the server.
// One line for each case; the exit status is 0 when all were as they should be.
'use strict';

const assert = require('assert');
const fs = require('fs');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Http } = require('azure-iot-provisioning-device-http');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { X509Security } = require('azure-iot-security-x509');

const greeting = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { samples, idScope, host } = greeting;
const hubs = greeting.hubs.map((hub) => hub.name);

const register = (security, change = {}) => new Promise((resolve, reject) => {
  const scope = change.scope || idScope;
  const client = ProvisioningDeviceClient.create(host, scope, new Http(), security);
  if (change.payload !== undefined) {
    client.setProvisioningPayload(change.payload);
  }
  client.register((error, result) => (error ? reject(error) : resolve(result)));
});
const keyed = (id, key) => new SymmetricKeySecurityClient(id, key);
const pem = (file) => fs.readFileSync(file, 'utf8');
const certified = (id, sample = samples.x509Group) => new X509Security(id, {
  cert: pem(sample.certificateFile),
  key: pem(sample.keyFile),
});

const assigned = async (security, id, change) => {
  const result = await register(security, change);
  assert.strictEqual(result.status, 'assigned');
  assert.strictEqual(result.registrationId, id);
  assert.strictEqual(result.deviceId, id);
  assert.ok(hubs.includes(result.assignedHub), `${result.assignedHub} is none of ${hubs}`);
  return result;
};
const refused = async (security, name, code, change) => {
  const error = await register(security, change).then(() => undefined, (reason) => reason);
  assert.ok(error, `it was not refused with ${code}`);
  assert.strictEqual(error.constructor.name, name, String(error));
  const shown = [error.message, error.responseBody].map(String).join(' ');
  assert.ok(shown.includes(code), `not told why (${code}): ${shown}`);
};

const otherKey = Buffer.alloc(64, 7).toString('base64');
const cases = {
  'a certificate of a group, with the CA between': async () => {
    const id = samples.x509Group.registrationId;
    const first = await assigned(certified(id), id);
    const again = await assigned(certified(id), id);
    assert.strictEqual(again.assignedHub, first.assignedHub);
    assert.strictEqual(again.createdDateTimeUtc, first.createdDateTimeUtc);
  },
  'a key of its own': async () => {
    const { registrationId: id, symmetricKey: key } = samples.symmetricKey;
    await assigned(keyed(id, key), id, { payload: { model: 7 } });
  },
  'a key derived from a group': async () => {
    const { registrationId: id, symmetricKey: key } = samples.symmetricKeyGroup;
    await assigned(keyed(id, key), id);
  },
  'a wrong key is refused, and why is told': async () => {
    await refused(keyed(samples.symmetricKey.registrationId, otherKey), 'UnauthorizedError', 'SAS_SIGNATURE');
  },
  'a key of nobody is refused': async () => {
    await refused(keyed('nobody-http', otherKey), 'UnauthorizedError', 'errorCode');
  },
  'another scope is refused': async () => {
    const { registrationId: id, symmetricKey: key } = samples.symmetricKey;
    await refused(keyed(id, key), 'Error', 'REG_SCOPE', { scope: '0ne00000000' });
  },
  'a certificate for another name is refused': async () => {
    await refused(certified('another-name'), 'UnauthorizedError', 'ATTEST_ID_MISMATCH');
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
