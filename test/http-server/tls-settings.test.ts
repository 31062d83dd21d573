import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { resolveTlsSettings, type TlsFlags } from '../../src/http-server/tls-settings.ts';

const NONE: TlsFlags = { minVersion: '', cipherSuites: [], curves: [] };
const TLS13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

const rows: readonly [title: string, flags: Partial<TlsFlags>, want: object][] = [
  ['TLS 1.3 by default', {}, { minVersion: 'TLSv1.3' }],
  ['TLS 1.2 as the chart spells it', { minVersion: 'TLS1.2' }, { minVersion: 'TLSv1.2' }],
  ['TLS 1.2 as Kubernetes spells it', { minVersion: 'VersionTLS12' }, { minVersion: 'TLSv1.2' }],
  [
    'cipher suites by OpenSSL’s names, with those of TLS 1.3',
    {
      minVersion: 'TLS1.2',
      cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256'],
    },
    { minVersion: 'TLSv1.2', ciphers: `${TLS13}:ECDHE-ECDSA-AES128-GCM-SHA256` },
  ],
  ['curves by number', { curves: ['29', '23'] }, { minVersion: 'TLSv1.3', ecdhCurve: 'X25519:P-256' }],
  [
    'a curve that only Go supports is ignored',
    { curves: ['4588', '24'] },
    { minVersion: 'TLSv1.3', ecdhCurve: 'P-384' },
  ],
];

for (const [title, flags, want] of rows) {
  test(`TLS flags: ${title}`, () => {
    const settings = resolveTlsSettings({ ...NONE, ...flags });
    assert.deepEqual(settings, { ok: true, value: want });
    createSecureContext(want); // OpenSSL accepts each name
  });
}

test('OpenSSL supports each suite and curve of the tables', () => {
  const suites = ['ECDSA', 'RSA'].flatMap((key) =>
    [
      'AES_128_GCM_SHA256',
      'AES_256_GCM_SHA384',
      'CHACHA20_POLY1305_SHA256',
      'AES_128_CBC_SHA',
      'AES_256_CBC_SHA',
    ].map((cipher) => `TLS_ECDHE_${key}_WITH_${cipher}`),
  );
  const old = ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'AES_128_CBC_SHA', 'AES_256_CBC_SHA'];
  for (const suite of [...suites, ...old.map((cipher) => `TLS_RSA_WITH_${cipher}`)]) {
    const settings = resolveTlsSettings({
      minVersion: 'TLS1.2',
      cipherSuites: [suite],
      curves: ['23', '24', '25', '29'],
    });
    assert.ok(settings.ok, suite);
    createSecureContext(settings.value);
  }
});

test('all errors are reported at once, with their flags and suggestions', () => {
  const settings = resolveTlsSettings({
    minVersion: 'TLS1.1',
    cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265', 'constructor'],
    curves: ['99'],
  });
  assert.ok(!settings.ok);
  assert.equal(settings.error.length, 4);
  assert.match(settings.error[0] ?? '', /--tls-min-version "TLS1\.1"/);
  assert.match(settings.error[1] ?? '', /did you mean TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\?/);
  assert.match(settings.error[2] ?? '', /--tls-cipher-suites has "constructor"/);
  assert.match(settings.error[3] ?? '', /--tls-curve-preferences has "99"/);
});
