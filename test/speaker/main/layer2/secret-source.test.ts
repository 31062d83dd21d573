/** Where the secret of the speakers is read from, and what is said where it cannot be. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ApiServer, startApiServer } from '../../../../src/apiserver/server.ts';
import type { Result } from '../../../../src/base/result.ts';
import { anonymousConfig } from '../../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../../src/kube/http/client.ts';
import { silentLog } from '../../../../src/observe/log.ts';
import { Metrics } from '../../../../src/observe/metrics.ts';
import {
  readSecret,
  type SecretSource,
  secretFix,
} from '../../../../src/speaker/main/layer2/secret-source.ts';
import { systemClock } from '../../../../src/workqueue/system-clock.ts';
import { eventually } from '../../../support/eventually.ts';

const NAMESPACE = 'metallb-system';

describe('the secret of the speakers', () => {
  let server: ApiServer;
  let client: KubeClient;
  let folder: string;
  let stop: AbortController;
  let reading: Promise<void>;
  let last: string | null;

  beforeEach(async () => {
    server = await startApiServer({ clock: systemClock, namespaces: [NAMESPACE] });
    client = new KubeClient({ config: anonymousConfig(server.url), clock: systemClock, userAgent: 'test' });
    folder = mkdtempSync(join(tmpdir(), 'berth-secret-'));
    stop = new AbortController();
    last = null;
  });
  afterEach(async () => {
    stop.abort();
    await reading;
    client.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function read(source: SecretSource): void {
    const context = {
      client,
      clock: systemClock,
      random: Math.random,
      log: silentLog,
      metrics: new Metrics('test'),
    };
    const note = (secret: Result<string, string>): void => {
      last = secret.ok ? secret.value : `! ${secret.error}`;
    };
    reading = readSecret({ context, namespace: NAMESPACE, source, read: note }, stop.signal);
  }

  const becomes = (text: string | RegExp): Promise<void> =>
    eventually(() => (typeof text === 'string' ? assert.equal(last, text) : assert.match(last ?? '', text)));

  const secret = (data: Readonly<Record<string, string>>) => ({
    ...{
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'memberlist', namespace: NAMESPACE },
      type: 'Opaque',
    },
    data: Object.fromEntries(
      Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    ),
  });

  it('is a Secret, whose changes count at once', async () => {
    read({ kind: 'object', name: 'memberlist' });
    await becomes('! there is no Secret metallb-system/memberlist');
    server.objects.put(secret({ secretkey: 'one' }));
    await becomes('one');
    server.objects.put(secret({ secretkey: 'two' }));
    await becomes('two');
    server.objects.put(secret({ other: 'three' }));
    await becomes('! the key secretkey of the Secret memberlist is missing');
    server.objects.put(secret({ secretkey: ' \n' }));
    await becomes('! the key secretkey of the Secret memberlist is empty');
    server.objects.delete('secrets', NAMESPACE, 'memberlist');
    await becomes('! there is no Secret metallb-system/memberlist');
  });

  it('is a file, or a file secretkey in a folder', async () => {
    const file = join(folder, 'secretkey');
    writeFileSync(file, 'one\n');
    read({ kind: 'file', path: folder });
    await becomes('one\n');
    stop.abort();
    await reading;
    stop = new AbortController();
    writeFileSync(file, '');
    read({ kind: 'file', path: file });
    await becomes(`! ${file} is empty`);
  });

  it('is a file that cannot be read: the path and the reason are said', async () => {
    read({ kind: 'file', path: join(folder, 'nothing') });
    await becomes(/^! .*\/nothing cannot be read: there is no such file or folder$/);
  });

  it('is a text', async () => {
    read({ kind: 'text', text: 'one' });
    await becomes('one');
  });
});

describe('what brings a secret that is missing', () => {
  const table: readonly (readonly [source: SecretSource, fix: RegExp])[] = [
    [
      { kind: 'object', name: 'keys' },
      /^give the Secret metallb-system\/keys the key secretkey: "kubectl apply/,
    ],
    [{ kind: 'file', path: '/etc/keys' }, /^write the secret to \/etc\/keys, which is read again/],
    [{ kind: 'text', text: ' ' }, /^give a text in --ml-secret-key, or .* METALLB_ML_SECRET_KEY$/],
  ];
  for (const [source, fix] of table)
    it(`names the place of a ${source.kind}`, () => assert.match(secretFix(source, NAMESPACE), fix));
});
