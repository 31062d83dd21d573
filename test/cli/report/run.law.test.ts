/** `berth report` on clusters that hold secrets everywhere, and on clusters of which something cannot be read. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { strFromU8, unzipSync } from 'fflate';
import type { Raw } from '../../../src/base/json.ts';
import { BUNDLE_BYTES_MAX } from '../../../src/cli/report/bundle.ts';
import { runReport } from '../../../src/cli/report/run.ts';
import { HEALTHY } from '../../calico/support/clusters.ts';
import { respondJson, startLoopback, statusBody } from '../../kube/support/loopback-server.ts';
import { type Random, seeded, seeds } from '../../support/random.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const NS = 'metallb-system';
const LOG_PATH = /\/pods\/[^/]+\/log$/;

type ApiServer = {
  readonly objects: readonly Raw[];
  /** The log of every container. */
  readonly log?: string;
  /** Statuses by the end of a path; `*` is for all. */
  readonly refused?: Readonly<Record<string, number>>;
};

type ReportRun = CommandResult & {
  readonly paths: readonly string[];
  /** The texts of the bundle by their names; null if none was written. */
  readonly files: ReadonlyMap<string, string> | null;
  readonly size: number;
};

const pluralOf = (raw: Raw): string => `${String(raw['kind']).toLowerCase()}s`;

async function report(
  test: TestContext,
  { objects, log = '', refused = {} }: ApiServer,
  ...args: readonly string[]
): Promise<ReportRun> {
  const calico = [...new Set(HEALTHY.map((raw) => String(raw['kind'])))].filter((kind) =>
    /^(BGP|IPPool)/.test(kind),
  );
  const paths: string[] = [];
  const api = await startLoopback(test, ({ url }, response) => {
    const { pathname } = new URL(url, 'http://api');
    paths.push(pathname);
    const last = pathname.split('/').at(-1) ?? '';
    const status = refused[last] ?? refused['*'];
    if (status !== undefined) return respondJson(response, status, statusBody(status, 'Refused', 'no'));
    if (LOG_PATH.test(pathname)) return void response.writeHead(200).end(log);
    if (pathname === '/apis/projectcalico.org/v3')
      return respondJson(response, 200, {
        resources: calico.map((kind) => ({ name: `${kind.toLowerCase()}s`, kind })),
      });
    const items = objects.filter((raw) => pluralOf(raw) === last);
    return respondJson(response, 200, { metadata: { resourceVersion: '1' }, items });
  });
  const folder = createTempFolder(test, {
    kubeconfig: JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      clusters: [{ name: 'c', cluster: { server: api.url } }],
      users: [{ name: 'u', user: { token: 'token-of-the-user' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  });
  const to = join(folder, 'report.zip');
  const ended = await runCommand(runReport, [
    '--kubeconfig',
    join(folder, 'kubeconfig'),
    '--to',
    to,
    ...args,
  ]);
  const bytes = ended.code === 1 || ended.code === 2 ? null : readFileSync(to);
  if (bytes !== null) assert.equal(statSync(to).mode & 0o777, 0o600);
  const files =
    bytes === null
      ? null
      : new Map(Object.entries(unzipSync(bytes)).map(([name, text]) => [name, strFromU8(text)]));
  return { ...ended, paths, files, size: bytes?.length ?? 0 };
}

const pod = (name: string): Raw => ({
  kind: 'Pod',
  metadata: { name, namespace: NS },
  spec: { nodeName: 'w1', containers: [{ name: 'speaker' }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'speaker', restartCount: 1 }] },
});

const secretOf = (random: Random): string =>
  `S3cret${Array.from({ length: 10 }, () => random.pick([...'abcdefghijkmnpqrstuvwxyz23456789'])).join('')}`;

/** Objects and a log in which the same secret stands in many places. */
function planted(secret: string, random: Random): ApiServer {
  const places: readonly Raw[] = [
    {
      kind: 'BGPPeer',
      metadata: { name: 'tor', namespace: NS },
      spec: { peerAddress: '10.0.0.1', password: secret },
    },
    { kind: 'Secret', metadata: { name: 'tor', namespace: NS }, data: { password: secret } },
    {
      kind: 'ConfigMap',
      metadata: { name: 'config', namespace: NS },
      data: { config: `peers:\n- peer-address: 10.0.0.1\n  password: ${secret}\n` },
    },
    {
      kind: 'Deployment',
      metadata: {
        name: 'controller',
        namespace: NS,
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': `{"x": "${secret}"}`,
          'example.com/x': secret,
        },
      },
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'c', args: [`--password=${secret}`], env: [{ name: 'LOGIN', value: secret }] },
            ],
          },
        },
      },
    },
    {
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop', annotations: { 'example.com/token': secret } },
      spec: { type: 'LoadBalancer' },
    },
    {
      kind: 'Event',
      metadata: { name: 'e', namespace: NS },
      message: random.pick([
        `Authorization: Bearer ${secret}`,
        `see https://me:${secret}@10.0.0.1/`,
        `password is ${secret}`,
      ]),
    },
    pod('speaker-1'),
  ];
  const log = [
    'speaking',
    random.pick([
      `{"msg":"dialling","password":"${secret}"}`,
      `token=${secret}`,
      `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`,
      `unexpected answer: ${secret}`,
    ]),
    '',
  ].join('\n');
  return { objects: [...HEALTHY, ...places], log };
}

describe('a report', { timeout: 240_000 }, () => {
  for (const seed of seeds(4, 40)) {
    it(`holds no secret, and no request reads one, SEED=${seed}`, async (test) => {
      const random = seeded(seed);
      const secret = secretOf(random);
      const { code, out, err, files, paths } = await report(test, planted(secret, random));
      assert.equal(code, 0, err + out);
      assert.deepEqual(
        paths.filter((path) => path.includes('secret')),
        [],
      );
      for (const [name, text] of files ?? []) {
        assert.ok(!text.includes(secret), `${name}:\n${text}`);
        assert.ok(!text.includes('token-of-the-user'), name);
      }
      const names = [...(files?.keys() ?? [])];
      for (const name of ['index.txt', 'version.yaml', 'commands/doctor.txt', 'objects/bgppeers.yaml'])
        assert.ok(names.includes(name), `${name} is not in ${names.join(' ')}`);
      assert.match(files?.get('logs/speaker-1.speaker.log') ?? '', /^speaking\n/);
      assert.ok(names.includes('logs/speaker-1.speaker.previous.log'));
      assert.match(files?.get('objects/bgppeers.yaml') ?? '', /password: \(redacted\)/);
      assert.match(files?.get('commands/doctor.txt') ?? '', /\(exit code \d\)\n$/);
    });
  }

  it('has what can be read, says what is missing, and ends with 5', async (test) => {
    const { code, out, files } = await report(test, {
      ...planted('Secret-value', seeded(1)),
      refused: { nodes: 403, log: 500, version: 503 },
    });
    assert.equal(code, 5);
    assert.match(out, /Missing\n {2}- nodes cannot be read: refused with 403/);
    assert.match(files?.get('index.txt') ?? '', /Missing:\n- nodes cannot be read/);
    assert.match(files?.get('index.txt') ?? '', /speaker-1\.speaker\.log cannot be read: refused with 500/);
    assert.match(files?.get('objects/services.yaml') ?? '', /name: web/);
  });

  for (const status of [401, 403, 500]) {
    it(`is not written where everything is refused with ${status}`, async (test) => {
      const ended = await report(test, { objects: [], refused: { '*': status } });
      assert.deepEqual([ended.code, ended.out, ended.files], [1, '', null]);
      assert.match(ended.err, new RegExp(`nothing in the cluster at .* can be read: .*${status}`));
    });
  }

  it('writes over no file', async (test) => {
    const folder = createTempFolder(test, { taken: 'mine' });
    const to = join(folder, 'taken');
    const ended = await report(test, { objects: HEALTHY }, '--to', to);
    assert.equal(ended.code, 1);
    assert.match(ended.err, /taken cannot be written: file already exists; name another file with --to/);
    assert.equal(readFileSync(to, 'utf8'), 'mine');
  });

  it('is no larger than its limit, and begins with Services that have no address', async (test) => {
    const services = Array.from({ length: 3000 }, (_, index) => ({
      kind: 'Service',
      metadata: { name: `s${index}`, namespace: 'shop' },
      spec: { type: 'LoadBalancer', ports: [{ name: 'x'.repeat(4000), port: 80 }] },
      status: { loadBalancer: index === 2999 ? {} : { ingress: [{ ip: '192.0.2.1' }] } },
    }));
    const { code, files, size } = await report(
      test,
      { objects: [...services, pod('a')] },
      '--log-lines',
      '0',
    );
    assert.equal(code, 5);
    const bytes = [...(files?.values() ?? [])].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    assert.ok(bytes <= BUNDLE_BYTES_MAX && size <= BUNDLE_BYTES_MAX, `${bytes} ${size}`);
    assert.match(
      files?.get('objects/services.yaml') ?? '',
      /^apiVersion: v1\nkind: Service\nmetadata:\n {2}name: s2999\n/,
    );
    assert.match(files?.get('index.txt') ?? '', /objects\/services\.yaml is cut: \d+ bytes are left out/);
    assert.match(files?.get('index.txt') ?? '', /logs are left out: --log-lines 0/);
  });
});
