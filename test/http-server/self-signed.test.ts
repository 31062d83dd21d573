import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import {
  generateSelfSigned,
  generateSelfSignedInChild,
  obtainSelfSigned,
  SELF_SIGNED_VALIDITY,
} from '../../src/http-server/self-signed.ts';

const WALL = Date.UTC(2026, 10, 20);

test('the certificate vouches for itself, for all its names, and for a year', async () => {
  const { cert, key } = await generateSelfSigned(
    ['berth-controller', 'berth.metallb-system.svc', '10.0.0.7'],
    WALL,
  );
  const certificate = new X509Certificate(cert);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
  assert.equal(certificate.subject, 'CN=berth-controller');
  assert.equal(
    certificate.subjectAltName,
    'DNS:berth-controller, DNS:berth.metallb-system.svc, IP Address:10.0.0.7',
  );
  assert.equal(certificate.ca, false);
  assert.equal(certificate.publicKey.asymmetricKeyType, 'ec');
  assert.ok(Date.parse(certificate.validFrom) < WALL, 'good for a scraper whose clock is behind');
  assert.equal(Date.parse(certificate.validTo), WALL + SELF_SIGNED_VALIDITY);
});

test('no two of them are alike', async () => {
  const [one, other] = [await generateSelfSigned(['berth'], WALL), await generateSelfSigned(['berth'], WALL)];
  assert.notEqual(new X509Certificate(one.cert).serialNumber, new X509Certificate(other.cert).serialNumber);
  assert.notEqual(one.key, other.key);
});

const node = (script: string): readonly [string, ...string[]] => [process.execPath, '-e', script];

test('another process can make it', async () => {
  const made = await generateSelfSignedInChild(node('console.log(JSON.stringify({ cert: "C", key: "K" }))'));
  assert.deepEqual(made, { cert: 'C', key: 'K' });
});

const failures: readonly [says: string, command: readonly [string, ...string[]]][] = [
  ['a program that is not there', ['/nowhere/to/be/found']],
  ['one that fails', node('process.exit(3)')],
  ['one that says something else', node('console.log("K3Y in the clear")')],
  ['one that says half of it', node('console.log(JSON.stringify({ key: "K3Y" }))')],
];

for (const [says, command] of failures) {
  test(`${says} rejects, and lets out nothing of what it said`, async () => {
    await assert.rejects(generateSelfSignedInChild(command), (error: Error) => {
      assert.match(error.message, /was to make a certificate did not/);
      return !`${error.message} ${String(error.cause)}`.includes('K3Y');
    });
  });
}

test('where the other process fails, or there is none, the certificate is made here', async () => {
  for (const command of [node('process.exit(3)'), null]) {
    const { cert } = await obtainSelfSigned(['berth'], WALL, command);
    assert.equal(new X509Certificate(cert).subject, 'CN=berth');
  }
  const byOther = await obtainSelfSigned(
    ['berth'],
    WALL,
    node('console.log(JSON.stringify({ cert: "C", key: "K" }))'),
  );
  assert.equal(byOther.cert, 'C');
});
