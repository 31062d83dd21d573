/** Clusters that were recorded while the pages were tried: their objects, served again, and the time at which they were read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { runStatus } from '../../../src/cli/status/run.ts';
import { type CommandResult, runCommand } from '../../cli/support/run-command.ts';
import { createTempFolder } from '../../cli/support/temp-folder.ts';
import { respondJson, startLoopback, statusBody } from '../../kube/support/loopback-server.ts';
import { FakeClock } from '../../support/fake-clock.ts';

type RecordedObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

export type RecordedCluster = {
  /** When it was read, RFC 3339. */
  readonly time: string;
  /** Whether the kinds of metallb.io and berth.dev were served. */
  readonly crds: boolean;
  readonly items: readonly RecordedObject[];
};

/** The address of the API server in what was recorded. */
export const RECORDED_SERVER = 'https://10.90.0.10:6443';

export const readRecorded = (name: string): RecordedCluster =>
  JSON.parse(readFileSync(join(root, 'test/docs/fixtures', `${name}.json`), 'utf8'));

/** What `berth status` prints of a recorded cluster, read by an administrator at the time of the recording. */
export async function statusOf(test: TestContext, cluster: RecordedCluster): Promise<CommandResult> {
  const api = await startLoopback(test, ({ url }, response) => {
    const answer = respond(cluster, new URL(url, 'http://api').pathname);
    if (answer === null) return respondJson(response, 404, statusBody(404, 'NotFound', 'no'));
    return respondJson(response, 200, answer);
  });
  const folder = createTempFolder(test, {
    kubeconfig: JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      clusters: [{ name: 'c', cluster: { server: api.url } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'default' } }],
    }),
  });
  const args = ['--kubeconfig', join(folder, 'kubeconfig')];
  const clock = new FakeClock({ wall: Date.parse(cluster.time) });
  const ended = await runCommand(runStatus, args, { clock });
  return { ...ended, out: ended.out.replace(api.url, RECORDED_SERVER) };
}

/** The body for a path of the API; null is a 404. */
function respond({ crds, items }: RecordedCluster, path: string): object | null {
  const [, group = '', version = '', ...rest] = path.split('/');
  const isCore = group === 'api';
  if (!isCore && /calico/.test(version)) return null;
  if (!isCore && /metallb\.io|berth\.dev/.test(version) && !crds) return null;
  const lease = rest.indexOf('leases');
  if (lease >= 0) return items.find(({ kind }) => kind === 'Lease') ?? null;
  const plural = rest.at(-1) ?? '';
  return {
    metadata: { resourceVersion: '1' },
    items: items.filter(({ kind }) => pluralOf(kind) === plural),
  };
}

const pluralOf = (kind: string): string => `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`;
