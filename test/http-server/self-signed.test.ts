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

test('the certificate is self-signed, for all its names, and for a year', async () => {
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

test('no two certificates are equal', async () => {
  const [one, other] = [await generateSelfSigned(['berth'], WALL), await generateSelfSigned(['berth'], WALL)];
  assert.notEqual(new X509Certificate(one.cert).serialNumber, new X509Certificate(other.cert).serialNumber);
  assert.notEqual(one.key, other.key);
});

const node = (script: string): readonly [string, ...string[]] => [process.execPath, '-e', script];

test('a child process can generate it', async () => {
  const made = await generateSelfSignedInChild(node('console.log(JSON.stringify({ cert: "C", key: "K" }))'));
  assert.deepEqual(made, { cert: 'C', key: 'K' });
});

const failures: readonly [title: string, command: readonly [string, ...string[]]][] = [
  ['a program that does not exist', ['/nowhere/to/be/found']],
  ['one that fails', node('process.exit(3)')],
  ['one that prints something else', node('console.log("K3Y in the clear")')],
  ['one that prints half of it', node('console.log(JSON.stringify({ key: "K3Y" }))')],
];

for (const [title, command] of failures) {
  test(`${title} rejects, and reveals nothing of its output`, async () => {
    await assert.rejects(generateSelfSignedInChild(command), (error: Error) => {
      assert.match(error.message, /the child process generated no certificate/);
      return !`${error.message} ${String(error.cause)}`.includes('K3Y');
    });
  });
}

test('where the child process fails, or there is none, this process generates the certificate', async () => {
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
