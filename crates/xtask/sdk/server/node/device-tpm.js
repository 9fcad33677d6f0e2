// The official device client for Node.js with a TPM, unmodified, against `provisor serve --dev`, over HTTP, AMQP and AMQP over
// WebSocket: `node device-tpm.js GREETING PORT`, where GREETING is a file with what `--json` printed and PORT that of a TPM behind the
// protocol of Microsoft's simulator. NODE_EXTRA_CA_CERTS names the CA of the server.
// One line for each case; the exit status is 0 when all were as they should be.
'use strict';

const assert = require('assert');
const fs = require('fs');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Amqp, AmqpWs } = require('azure-iot-provisioning-device-amqp');
const { Http } = require('azure-iot-provisioning-device-http');
const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');
const { TpmSecurityClient } = require('azure-iot-security-tpm');
const { Tpm } = require('tss.js');

const greeting = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { idScope, host } = greeting;
const hubs = greeting.hubs.map((hub) => hub.name);
const service = ProvisioningServiceClient.fromConnectionString(greeting.serviceConnectionString);

const within = (seconds, what, promise) => Promise.race([
  promise,
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${what}: nothing within ${seconds} s`)), seconds * 1000).unref();
  }),
]);
// One connection to the TPM at a time.
const tpm = new Tpm(true, '127.0.0.1', Number(process.argv[3]));
const key = (registrationId) => new TpmSecurityClient(registrationId, tpm);
const call = (client, method, ...given) => new Promise((resolve, reject) => {
  client[method](...given, (error, value) => (error ? reject(error) : resolve(value)));
});

const register = (transport, security, scope = idScope) => {
  const client = ProvisioningDeviceClient.create(host, scope, transport, security);
  return within(90, 'the registration', new Promise((resolve, reject) => {
    client.register((error, result) => (error ? reject(error) : resolve(result)));
  }));
};
const assigned = async (transport, id) => {
  const result = await register(transport, key(id));
  const state = result.registrationState || result;
  assert.strictEqual(state.registrationId, id);
  assert.ok(hubs.includes(state.assignedHub), `${state.assignedHub} is none of ${hubs}`);
  assert.ok(state.tpm && state.tpm.authenticationKey, 'no key for the hub');
  return state;
};
const refused = async (transport, id) => {
  const error = await register(transport, key(id)).then(() => undefined, (reason) => reason);
  assert.ok(error, 'it was not refused');
  return JSON.stringify([error.condition, error.description, error.message, error.name]);
};

const enroll = async (registrationId, change = {}) => {
  const endorsementKey = (await call(key(registrationId), 'getEndorsementKey')).toString('base64');
  const enrollment = { registrationId, attestation: { type: 'tpm', tpm: { endorsementKey } }, ...change };
  await service.createOrUpdateIndividualEnrollment(enrollment);
};

const transports = { HTTP: Http, AMQP: Amqp, 'AMQP over WebSocket': AmqpWs };
const cases = {};
for (const [name, Transport] of Object.entries(transports)) {
  const id = `tpm-${name.toLowerCase().replace(/ /g, '-')}`;
  cases[`${name}: an enrolled TPM, twice`] = async () => {
    await enroll(id);
    const first = await assigned(new Transport(), id);
    const again = await assigned(new Transport(), id);
    assert.strictEqual(again.assignedHub, first.assignedHub);
    const record = await service.getDeviceRegistrationState(id);
    assert.strictEqual((record.responseBody || record).status, 'assigned');
  };
  // This client hides why over HTTP; over AMQP the exchange has to come to its end, else it waits for ever.
  cases[`${name}: a TPM that nobody enrolled is refused, and the client is told`] = async () => {
    const shown = await refused(new Transport(), `nobody-${id}`);
    assert.ok(name === 'HTTP' || shown.includes('amqp:unauthorized-access'), shown);
  };
  cases[`${name}: a disabled one is refused`] = async () => {
    await enroll(`${id}-disabled`, { provisioningStatus: 'disabled' });
    await refused(new Transport(), `${id}-disabled`);
  };
}

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
