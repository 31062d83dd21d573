import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { REDACTED, Redactor } from '../../../src/cli/report/redactor.ts';

describe('the redactor, on texts', () => {
  const rows: readonly [what: string, text: string, redacted: string][] = [
    ['a password after a colon', 'password: hunter2', `password: ${REDACTED}`],
    ['a quoted password', '"password":"a \\" b", "x": 1', `"password":${REDACTED}, "x": 1`],
    ['a flag and its value', 'gobgp --auth-password hunter2 -v', `gobgp --auth-password ${REDACTED} -v`],
    ['a flag with an equals sign', '--token=abc123 --port=1', `--token=${REDACTED} --port=1`],
    ['a header', 'Authorization: Bearer abc.def', `Authorization: ${REDACTED} ${REDACTED}`],
    ['a bearer token in a sentence', 'sent Bearer abcdef123', `sent Bearer ${REDACTED}`],
    ['a JSON Web Token', 'got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJr.c2ln here', `got ${REDACTED} here`],
    ['the user of a URL', 'http://me:pw@10.0.0.1/x', `http://${REDACTED}@10.0.0.1/x`],
    [
      'a private key',
      'a\n-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\nb',
      `a\n${REDACTED}\nb`,
    ],
    ['a key that breaks off', 'a -----BEGIN RSA PRIVATE KEY-----\nMHc', `a ${REDACTED}`],
    [
      'an ordinary sentence',
      'the peer 10.0.0.1:179 is down: no route',
      'the peer 10.0.0.1:179 is down: no route',
    ],
    ['the name of a Secret', 'passwordSecret {name: tor}', 'passwordSecret {name: tor}'],
  ];
  for (const [what, text, redacted] of rows)
    it(what, () => assert.equal(new Redactor().text(text), redacted));

  it('takes out again what it has taken out of an object', () => {
    const redactor = new Redactor();
    redactor.object({ spec: { password: 'hunter2 with blanks' } });
    assert.equal(redactor.text('it sent hunter2 with blanks, twice'), `it sent ${REDACTED}, twice`);
  });

  it('changes nothing the second time', () => {
    for (const [, text] of rows) {
      const once = new Redactor().text(text);
      assert.equal(new Redactor().text(once), once);
    }
  });
});

describe('the redactor, on objects', () => {
  const rows: readonly [what: string, raw: Raw, redacted: Raw][] = [
    [
      'a password, but not the reference to a Secret',
      { spec: { password: 'pw', passwordSecret: { name: 'tor', namespace: 'x' } } },
      { spec: { password: REDACTED, passwordSecret: { name: 'tor', namespace: 'x' } } },
    ],
    [
      'copies of the object, and the managers of its fields',
      {
        metadata: {
          managedFields: [{ manager: 'kubectl' }],
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"password":"pw"}}' },
        },
      },
      { metadata: { annotations: {} } },
    ],
    [
      'annotations of others',
      { metadata: { annotations: { 'metallb.io/address-pool': 'a', 'example.com/login': 'pw' } } },
      { metadata: { annotations: { 'metallb.io/address-pool': 'a', 'example.com/login': '(left out)' } } },
    ],
    [
      'variables that are not known, in any container',
      {
        spec: {
          containers: [
            {
              env: [
                { name: 'METALLB_NAMESPACE', value: 'x' },
                { name: 'DB', value: 'pw' },
                { name: 'REF', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
              ],
            },
          ],
        },
      },
      {
        spec: {
          containers: [
            {
              env: [
                { name: 'METALLB_NAMESPACE', value: 'x' },
                { name: 'DB', value: REDACTED },
                { name: 'REF', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
              ],
            },
          ],
        },
      },
    ],
    [
      'values that are no texts stay',
      { spec: { automountServiceAccountToken: false, tokens: [1], password: '' } },
      { spec: { automountServiceAccountToken: false, tokens: [1], password: '' } },
    ],
    [
      'secrets inside of arguments',
      { spec: { args: ['--password=hunter2', '--port=1'] } },
      { spec: { args: [`--password=${REDACTED}`, '--port=1'] } },
    ],
  ];
  for (const [what, raw, redacted] of rows)
    it(what, () => assert.deepEqual(new Redactor().object(raw), redacted));
});
