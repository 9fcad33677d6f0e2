// The official service client for Node.js, unmodified: `node service.js GREETING`, a file with what `serve --dev --json`
// printed. The certificate of the server is trusted through NODE_EXTRA_CA_CERTS. One line for each case; the exit status is 0
// when all were as they should be.
'use strict';

const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const https = require('https');
const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');

const owner = JSON.parse(fs.readFileSync(process.argv[2], 'utf8')).serviceConnectionString;
const parts = Object.fromEntries(owner.split(';').map((part) => {
  const at = part.indexOf('=');
  return [part.slice(0, at), part.slice(at + 1)];
}));
const host = parts.HostName;
const service = ProvisioningServiceClient.fromConnectionString(owner);
// Names of this run's own: the server may have others.
const run = `node-${crypto.randomBytes(4).toString('hex')}`;

// What the SDK's methods are called with a callback.
const call = (client, method, ...given) => new Promise((resolve, reject) => {
  client[method](...given, (error, value) => (error ? reject(error) : resolve(value)));
});
const ask = (method, ...given) => call(service, method, ...given);

const refused = async (promise, name, words) => {
  const error = await promise.then(() => undefined, (reason) => reason);
  assert.ok(error, `it was not refused: ${words}`);
  assert.strictEqual(error.name === 'Error' ? error.constructor.name : error.name, name, String(error));
  const shown = [error.message, error.responseBody].map(String).join(' ');
  assert.ok(shown.includes(words), `not told why: ${shown}`);
};

// The management API, which no SDK speaks.
const manage = (method, path, body) => new Promise((resolve, reject) => {
  const until = Math.floor(Date.now() / 1000) + 600;
  const mac = crypto.createHmac('sha256', Buffer.from(parts.SharedAccessKey, 'base64'));
  const sig = encodeURIComponent(mac.update(`${host}\n${until}`).digest('base64'));
  const authorization = `SharedAccessSignature sr=${host}&sig=${sig}&skn=${parts.SharedAccessKeyName}&se=${until}`;
  const request = https.request({ host, method, path, headers: { authorization } }, (response) => {
    let text = '';
    response.on('data', (data) => { text += data; });
    response.on('end', () => (response.statusCode < 300
      ? resolve(text && JSON.parse(text)) : reject(new Error(`${response.statusCode} ${text}`))));
  });
  request.on('error', reject);
  request.end(body && JSON.stringify(body));
});

const byKeys = { type: 'symmetricKey', symmetricKey: {} };

const cases = {
  async 'individual enrollment: make, read, update by its etag, an old etag is 412, delete'() {
    const registrationId = `${run}-one`;
    const made = (await ask('createOrUpdateIndividualEnrollment', {
      registrationId,
      attestation: byKeys,
      deviceId: 'press-7',
      initialTwin: { tags: { line: 7 }, properties: { desired: { speed: 3 } } },
      capabilities: { iotEdge: true },
      optionalDeviceInformation: { note: 'kept' },
    }));
    assert.strictEqual(made.provisioningStatus, 'enabled');
    const read = await ask('getIndividualEnrollment', registrationId);
    assert.strictEqual(read.etag, made.etag);
    assert.strictEqual(read.deviceId, 'press-7');
    assert.strictEqual(read.initialTwin.properties.desired.speed, 3);
    assert.strictEqual(read.optionalDeviceInformation.note, 'kept');
    assert.strictEqual(read.attestation.type, 'symmetricKey');
    read.provisioningStatus = 'disabled';
    const updated = await ask('createOrUpdateIndividualEnrollment', read);
    assert.strictEqual(updated.provisioningStatus, 'disabled');
    assert.notStrictEqual(updated.etag, made.etag);
    await refused(ask('createOrUpdateIndividualEnrollment', made), 'InvalidEtagError', 'SERVICE_ETAG');
    await refused(ask('deleteIndividualEnrollment', made), 'InvalidEtagError', 'SERVICE_ETAG');
    await ask('deleteIndividualEnrollment', updated);
    // The text of a 404 is `Not found` whatever is answered; the reason is in the body.
    await refused(ask('getIndividualEnrollment', registrationId), 'Error', '404201');
  },

  async 'attestation mechanism: the keys, and nowhere else'() {
    const registrationId = `${run}-keys`;
    const made = await ask('createOrUpdateIndividualEnrollment', { registrationId, attestation: byKeys });
    assert.ok(!JSON.stringify(made).includes('primaryKey') || !made.attestation.symmetricKey.primaryKey);
    const mechanism = await ask('getIndividualEnrollmentAttestationMechanism', registrationId);
    assert.strictEqual(Buffer.from(mechanism.symmetricKey.primaryKey, 'base64').length, 64);
    await ask('deleteIndividualEnrollment', registrationId);
    const enrollmentGroupId = `${run}-keys`;
    await ask('createOrUpdateEnrollmentGroup', { enrollmentGroupId, attestation: byKeys });
    const group = await ask('getEnrollmentGroupAttestationMechanism', enrollmentGroupId);
    assert.strictEqual(Buffer.from(group.symmetricKey.secondaryKey, 'base64').length, 64);
    await ask('deleteEnrollmentGroup', enrollmentGroupId);
  },

  async 'group: make, update, an old etag is 412, its registrations, delete'() {
    const enrollmentGroupId = `${run}-group`;
    const made = await ask('createOrUpdateEnrollmentGroup', { enrollmentGroupId, attestation: byKeys });
    made.reprovisionPolicy = { updateHubAssignment: true, migrateDeviceData: false };
    const updated = await ask('createOrUpdateEnrollmentGroup', made);
    assert.strictEqual(updated.reprovisionPolicy.migrateDeviceData, false);
    await refused(ask('createOrUpdateEnrollmentGroup', made), 'InvalidEtagError', 'SERVICE_ETAG');
    const query = service.createEnrollmentGroupDeviceRegistrationStateQuery(
      { query: 'SELECT * FROM enrollments' }, enrollmentGroupId, 5);
    const page = await call(query, 'next');
    assert.deepStrictEqual(page, []);
    await ask('deleteEnrollmentGroup', enrollmentGroupId);
  },

  async 'query: every page, and its end'() {
    const ids = [...Array(7).keys()].map((number) => `${run}-page-${number}`);
    for (const registrationId of ids) {
      await ask('createOrUpdateIndividualEnrollment', { registrationId, attestation: byKeys });
    }
    const query = service.createIndividualEnrollmentQuery({ query: 'SELECT * FROM enrollments' }, 3);
    const found = [];
    let pages = 0;
    while (query.hasMoreResults) {
      const page = await call(query, 'next');
      assert.ok(page.length <= 3);
      found.push(...page.map((enrollment) => enrollment.registrationId));
      pages += 1;
      assert.ok(pages < 10000, 'the query has no end');
    }
    assert.deepStrictEqual(found.filter((id) => ids.includes(id)), ids);
    await refused(call(service.createIndividualEnrollmentQuery({ query: 'DROP TABLE' }, 3), 'next'),
      'ArgumentError', 'WIRE_QUERY');
    // By what the search selects.
    const some = service.createIndividualEnrollmentQuery(
      { query: `SELECT * FROM enrollments WHERE registrationId = '${ids[4]}'` });
    const one = await call(some, 'next');
    assert.deepStrictEqual(one.map((enrollment) => enrollment.registrationId), [ids[4]]);
    for (const id of ids) await ask('deleteIndividualEnrollment', id);
  },

  async 'bulk: create, update, updateIfMatchETag, delete, each item for itself'() {
    const item = (number) => ({ registrationId: `${run}-bulk-${number}`, attestation: byKeys });
    const bulk = (mode, enrollments) => ask('runBulkEnrollmentOperation', { mode, enrollments });
    assert.deepStrictEqual(await bulk('create', [item(1), item(2)]), { isSuccessful: true, errors: [] });
    const twice = await bulk('create', [item(2), item(3)]);
    assert.strictEqual(twice.isSuccessful, false);
    assert.deepStrictEqual(twice.errors.map((error) => [error.registrationId, error.errorCode]),
      [[item(2).registrationId, 409000]]);
    assert.ok(twice.errors[0].errorStatus.includes('SERVICE_EXISTS'));
    assert.strictEqual((await bulk('update', [item(1), item(4)])).errors[0].errorCode, 404201);
    const read = await ask('getIndividualEnrollment', item(1).registrationId);
    assert.strictEqual((await bulk('updateIfMatchETag', [read])).isSuccessful, true);
    assert.strictEqual((await bulk('updateIfMatchETag', [read])).errors[0].errorCode, 412001);
    const gone = await bulk('delete', [item(1), item(2), item(3)]);
    assert.strictEqual(gone.isSuccessful, true, JSON.stringify(gone));
  },

  async 'registrations: one that there is not'() {
    await refused(ask('getDeviceRegistrationState', `${run}-none`), 'Error', '404201');
  },

  async 'what is wrong with an enrollment is told'() {
    await refused(ask('createOrUpdateIndividualEnrollment', {
      registrationId: `${run}-tpm`, attestation: { type: 'tpm', tpm: { endorsementKey: 'AA==' } },
    }), 'ArgumentError', 'endorsementKey');
    await refused(ask('createOrUpdateIndividualEnrollment', {
      registrationId: `${run}-hub`, attestation: byKeys, iotHubs: ['nowhere.example.net'],
    }), 'ArgumentError', 'nowhere.example.net');
  },

  async 'wrong rights, a wrong key, a wrong policy: the reason'() {
    const name = `${run}-reader`;
    await manage('PUT', `/admin/policies/${name}`, { rights: ['EnrollmentRead'] });
    const keys = await manage('POST', `/admin/policies/${name}/keys`);
    const of = (policy, key) => ProvisioningServiceClient.fromConnectionString(
      `HostName=${host};SharedAccessKeyName=${policy};SharedAccessKey=${key}`);
    const reader = of(name, keys.primaryKey);
    await call(reader.createIndividualEnrollmentQuery({ query: 'SELECT * FROM enrollments' }, 1), 'next');
    await refused(call(reader, 'createOrUpdateIndividualEnrollment', {
      registrationId: `${run}-reader`, attestation: byKeys,
    }), 'UnauthorizedError', 'SERVICE_RIGHT');
    await refused(call(reader, 'getDeviceRegistrationState', 'any'), 'UnauthorizedError', 'SERVICE_RIGHT');
    // The key of one policy under the name of another.
    await refused(call(of(parts.SharedAccessKeyName, keys.primaryKey), 'getIndividualEnrollment', 'any'),
      'UnauthorizedError', 'SERVICE_TOKEN_OTHER_POLICY');
    // A stranger learns nothing but SERVICE_NOT_ADMITTED; a server for development tells why.
    const stranger = of(parts.SharedAccessKeyName, crypto.randomBytes(64).toString('base64'));
    await refused(call(stranger, 'getIndividualEnrollment', 'any'), 'UnauthorizedError', 'SERVICE_TOKEN_SIGNATURE');
    await manage('DELETE', `/admin/policies/${name}`);
    await refused(call(reader, 'getIndividualEnrollment', 'any'), 'UnauthorizedError', 'SERVICE_TOKEN_POLICY');
  },
};

(async () => {
  let failed = 0;
  for (const [name, run_it] of Object.entries(cases)) {
    try {
      await run_it();
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}: ${error && error.stack}`);
    }
  }
  console.log(`${Object.keys(cases).length - failed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
})();
