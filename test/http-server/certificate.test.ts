import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { err, ok, type Result } from '../../src/base/result.ts';
import {
  certificateFromDirectory,
  followCertificate,
  generatedCertificate,
  type KeyPair,
  REREAD_INTERVAL,
} from '../../src/http-server/certificate.ts';
import { generateSelfSigned } from '../../src/http-server/self-signed.ts';
import { FakeClock } from '../support/fake-clock.ts';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'berth-certificate-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

async function write(directory: string, { cert, key }: Partial<KeyPair>): Promise<void> {
  if (cert !== undefined) await writeFile(join(directory, 'tls.crt'), cert);
  if (key !== undefined) await writeFile(join(directory, 'tls.key'), key);
}

test('a directory is read each time', async (t) => {
  const directory = await folder(t);
  const source = certificateFromDirectory(directory);
  for (const pair of [await generateSelfSigned(['one'], 0), await generateSelfSigned(['other'], 0)]) {
    await write(directory, pair);
    assert.deepEqual(await source(), ok(pair));
  }
});

test('an error of a directory names the path', async (t) => {
  const directory = await folder(t);
  const source = certificateFromDirectory(directory);
  assert.deepEqual(await source(), err(`${directory}/tls.crt does not exist`));
  const one = await generateSelfSigned(['one'], 0);
  await write(directory, { cert: one.cert });
  assert.deepEqual(await source(), err(`${directory}/tls.key does not exist`));
  await write(directory, { key: (await generateSelfSigned(['other'], 0)).key });
  const mixed = await source();
  assert.match(
    mixed.ok ? '' : mixed.error,
    /tls\.crt and tls\.key in .* cannot be used together: .*mismatch/,
  );
  await write(directory, { cert: 'rubbish' });
  assert.equal((await source()).ok, false);
});

test('a generated certificate is renewed after half of its lifetime', async () => {
  const clock = new FakeClock();
  let made = 0;
  const make = (): Promise<KeyPair> => Promise.resolve({ cert: `${++made}`, key: '' });
  const source = generatedCertificate(make, { life: 1000, clock });
  const read = async (): Promise<string> => {
    const pair = await source();
    return pair.ok ? pair.value.cert : pair.error;
  };
  assert.deepEqual([await read(), await read()], ['1', '1']);
  clock.advance(500);
  assert.equal(await read(), '1');
  clock.advance(1);
  assert.equal(await read(), '2');
});

const A: KeyPair = { cert: 'a', key: 'a' };
const B: KeyPair = { cert: 'b', key: 'b' };

/** Follows a source that returns what `next` returns at the time. */
function startFollowing(next: { now: Result<KeyPair, string> | Error }) {
  const clock = new FakeClock();
  const used: string[] = [];
  const errors: string[] = [];
  const stop = followCertificate({
    source: () => (next.now instanceof Error ? Promise.reject(next.now) : Promise.resolve(next.now)),
    from: A,
    clock,
    use: ({ cert }) => used.push(cert),
    onError: (_, error) => errors.push((error as Error).message),
  });
  return { clock, used, errors: errors, stop };
}

test('a renewed certificate is used once, and an unchanged one is ignored', async () => {
  const next = { now: ok(A) as Result<KeyPair, string> };
  const { clock, used } = startFollowing(next);
  await clock.advanceAsync(2 * REREAD_INTERVAL);
  assert.deepEqual(used, []);
  next.now = ok(B);
  await clock.advanceAsync(3 * REREAD_INTERVAL);
  assert.deepEqual(used, ['b']);
});

test('a failing source leaves the certificate in use, is reported once, and is read again', async () => {
  const next: { now: Result<KeyPair, string> | Error } = { now: err('half of a renewal') };
  const { clock, used, errors } = startFollowing(next);
  await clock.advanceAsync(3 * REREAD_INTERVAL);
  next.now = new Error('disk gone');
  await clock.advanceAsync(3 * REREAD_INTERVAL);
  assert.deepEqual([used, errors], [[], ['half of a renewal', 'disk gone']]);
  next.now = ok(B);
  await clock.advanceAsync(REREAD_INTERVAL);
  assert.deepEqual(used, ['b']);
});

test('a stopped follower does not read again', async () => {
  const { clock, used, stop } = startFollowing({ now: ok(B) });
  stop();
  await clock.advanceAsync(10 * REREAD_INTERVAL);
  assert.deepEqual([used, clock.pending], [[], 0]);
});
