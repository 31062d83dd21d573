import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { namesOf, readListenPlace } from '../../../src/cli/dashboard/listen-place.ts';
import { openPages } from '../../../src/cli/dashboard/pages.ts';
import { generateSelfSigned } from '../../../src/http-server/self-signed.ts';

describe('where the dashboard listens', () => {
  let folder: string;
  const fileOf = (name: string): string => join(folder, name);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-listen-place-'));
    const pair = await generateSelfSigned(['jump.example', '127.0.0.1'], Date.now());
    writeFileSync(fileOf('tls.crt'), pair.cert);
    writeFileSync(fileOf('tls.key'), pair.key);
    writeFileSync(fileOf('index.html'), '<!doctype html>');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const withCertificate = () => ({ 'tls-cert': fileOf('tls.crt'), 'tls-key': fileOf('tls.key') });
  const without = { 'tls-cert': '', 'tls-key': '' };

  const refusals: readonly [
    says: string,
    flags: () => Parameters<typeof readListenPlace>[0],
    want: RegExp,
  ][] = [
    ['a name', () => ({ listen: 'jump.example', ...without }), /should be an IP address/],
    [
      'every address at once',
      () => ({ listen: '0.0.0.0', ...withCertificate() }),
      /name the one that browsers use/,
    ],
    [
      'every IPv6 address at once',
      () => ({ listen: '::', ...withCertificate() }),
      /name the one that browsers use/,
    ],
    [
      'another address without a certificate',
      () => ({ listen: '192.0.2.7', ...without }),
      /add --tls-cert and --tls-key/,
    ],
    [
      'a certificate without a key',
      () => ({ listen: '127.0.0.1', ...without, 'tls-cert': fileOf('tls.crt') }),
      /go together/,
    ],
    [
      'a key that is not of the certificate',
      () => ({ listen: '192.0.2.7', 'tls-cert': fileOf('tls.crt'), 'tls-key': fileOf('tls.crt') }),
      /cannot be used together/,
    ],
    [
      'a file that is not there',
      () => ({ listen: '192.0.2.7', 'tls-cert': fileOf('no.crt'), 'tls-key': fileOf('tls.key') }),
      /no\.crt does not exist/,
    ],
  ];
  for (const [says, flags, want] of refusals)
    it(`refuses ${says}`, async () => {
      const place = await readListenPlace(flags());
      assert.ok(!place.ok);
      assert.match(place.error.join('\n'), want);
    });

  it('is this machine alone, where nothing is said', async () => {
    const place = await readListenPlace({ listen: '127.0.0.1', ...without });
    assert.deepEqual(place, { ok: true, value: { host: '127.0.0.1', isReachable: false, keyPair: null } });
  });

  it('is another address with a certificate, by the names of which browsers may come', async () => {
    const place = await readListenPlace({ listen: '2001:db8::7', ...withCertificate() });
    assert.ok(place.ok && place.value.isReachable);
    assert.deepEqual(namesOf(place.value), ['[2001:db8::7]', 'jump.example']);
  });

  it('serves its pages by HTTPS with the certificate', async (t) => {
    const place = await readListenPlace({ listen: '127.0.0.1', ...withCertificate() });
    assert.ok(place.ok);
    const pages = await openPages({
      ...{ port: 0, place: place.value, files: pathToFileURL(`${folder}/`) },
      ...{ publisher: { follow: () => () => {} }, questions: new Map(), quickQuestions: new Map() },
      ...{ tell: assert.fail },
    });
    assert.ok(pages.ok);
    t.after(() => pages.value.close());
    assert.match(pages.value.url, /^https:\/\/127\.0\.0\.1:\d+\/#token=/);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const ca = readFileSync(fileOf('tls.crt'));
      const sent = request(pages.value.url, { ca, agent: false }, (response) =>
        resolve(response.resume().statusCode),
      );
      sent.once('error', reject).end();
    });
    assert.equal(status, 200);
  });
});
