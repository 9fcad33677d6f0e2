// The official device clients as they are, driven by lines. `client.js PORT` finds the TPM behind the
// Microsoft simulator's protocol at 127.0.0.1:PORT. One line in, one or more lines out; bytes are in
// hexadecimal. The protocol is described in the README beside this folder.
'use strict';

const readline = require('readline');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { TpmSecurityClient } = require('azure-iot-security-tpm');
const { Tpm } = require('tss.js');

const tpm = new Tpm(true, '127.0.0.1', Number(process.argv[2]));
const client = new TpmSecurityClient(undefined, tpm);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const say = (...words) => process.stdout.write(words.join(' ') + '\n');
const hear = async () => ((await lines.next()).value || '').split(' ');
const bytes = (text) => Buffer.from(text || '', 'hex');
const hex = (buffer) => Buffer.from(buffer).toString('hex');
const refused = (reason) => say('refused', String(reason && reason.stack ? reason.message : reason).replace(/\s+/g, ' '));

// The SDK's methods take a callback with an error and a value.
const call = (method, ...given) => new Promise((resolve, reject) => {
  client[method](...given, (error, value) => (error ? reject(error) : resolve(value)));
});

// Its errors also come as exceptions out of callbacks that nobody can catch.
process.on('uncaughtException', (error) => {
  refused(error);
  process.exit(0);
});

// The provisioning service at the other end of the lines, as the SDK's registration calls it.
class LineTransport {
  setTpmInformation(ek, srk) {
    this.keys = [ek, srk].map(hex);
  }

  getAuthenticationChallenge(request, callback) {
    this.ask(callback, ([blob]) => bytes(blob), 'challenge', request.registrationId, ...this.keys);
  }

  // The service answers the token at once; the SDK fetches that answer with its next call.
  respondToAuthenticationChallenge(request, token, callback) {
    const assigned = ([hub, deviceId, blob]) => {
      const tpm = { authenticationKey: bytes(blob).toString('base64') };
      this.result = {
        status: 'assigned',
        registrationState: { assignedHub: hub, deviceId, tpm },
      };
    };
    this.ask(callback, assigned, 'token', request.registrationId, hex(token), ...this.keys);
  }

  registrationRequest(request, callback) {
    callback(null, this.result);
  }

  cancel(callback) {
    callback();
  }

  disconnect(callback) {
    callback();
  }

  ask(callback, read, ...words) {
    say(...words);
    hear().then(([status, ...rest]) => (
      status === 'ok' ? callback(null, read(rest)) : callback(new Error(rest.join(' ')))
    ));
  }
}

const commands = {
  async keys() {
    const ek = await call('getEndorsementKey');
    const srk = await call('getStorageRootKey');
    return [hex(ek), hex(srk), await call('getRegistrationId')];
  },
  async activate(blob) {
    await call('activateIdentityKey', bytes(blob));
    return [];
  },
  async sign(data) {
    return [hex(await call('signWithIdentity', bytes(data)))];
  },
  async register(scope) {
    const sdk = ProvisioningDeviceClient.create('service.example', scope, new LineTransport(), client);
    const result = await sdk.register();
    const { assignedHub, deviceId } = result.registrationState || result;
    return [assignedHub, deviceId];
  },
};

(async () => {
  for (;;) {
    const [command, ...given] = await hear();
    if (!command) {
      process.exit(0);
    }
    try {
      say('ok', ...(await commands[command](...given)));
    } catch (error) {
      refused(error);
    }
  }
})();
