/**
 * Measures bulk assignment by controllers with `--calico=auto` and `--calico=off`, with five hundred nodes. The two take
 * turns on one real API server.
 */

import { countWrites, waitUntilQuiet, writesBetween } from '../../support/api-requests.ts';
import { AssignmentWatch } from '../../support/assignment-watch.ts';
import { calicoCluster, LARGE } from '../../support/calico/cluster.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { createServices, inParallel, OURS, servicePath } from '../../support/services.ts';
import { startTestBed, type TestBed } from '../../support/test-bed.ts';

const ROUNDS = 5;
const SERVICES = 500;
const IN_FLIGHT = 16;
const GOAL = 0.9;
/** Some writes fall into the interval before or after. */
const WRITES_MAX = 1.05;
const QUIET_MS = 1500;

type Side = 'auto' | 'off';

/** `rate` is Services per second, from the first to the last; `writes` are those to each Service meanwhile. */
type Served = { readonly rate: number; readonly writes: number };

export async function calicoBulk(): Promise<readonly Row[]> {
  const testBed = await startTestBed();
  await calico(testBed);
  const arrivals = new AssignmentWatch(testBed.baseline);
  const rounds: Record<Side, Served>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const first: Side = round % 2 === 0 ? 'auto' : 'off';
    const one = await served(testBed, arrivals, first, round);
    const other = await served(testBed, arrivals, first === 'auto' ? 'off' : 'auto', round);
    const sides = first === 'auto' ? { auto: one, off: other } : { auto: other, off: one };
    note(`round ${round + 1}: auto ${sides.auto.rate.toFixed(0)}/s, off ${sides.off.rate.toFixed(0)}/s`);
    rounds.push(sides);
  }
  arrivals.stop();
  await testBed.stop();
  const ratios = rounds.map(({ auto, off }) => auto.rate / off.rate);
  const writes = rounds.map(({ auto, off }) => auto.writes / off.writes);
  return [
    {
      figure: `waiting Services assigned in bulk, ${ROUNDS} times ${SERVICES}, ${LARGE.nodes} nodes: --calico=auto ÷ off`,
      goal: `≥ ${GOAL}`,
      seen: `${spread(ratios)}; ${spread(rounds.map(({ auto }) => auto.rate))}/s`,
      met: median(ratios) >= GOAL,
    },
    {
      figure: 'the same: writes to each Service until the last one has its address, ÷ off',
      goal: '1',
      seen: `${spread(writes)}; ${spread(rounds.map(({ auto }) => auto.writes))} a Service`,
      met: median(writes) <= WRITES_MAX,
    },
  ];
}

/** Creates nodes, peers and Calico's objects, without Services. */
async function calico({ api, baseline }: TestBed): Promise<void> {
  const applied = await api.kubectl(['apply', '-f', 'examples/playground-kinds']);
  if (applied.code !== 0) throw new Error(applied.stderr);
  await api.request('POST', '/api/v1/namespaces', { metadata: { name: 'kube-system' } });
  const objects = calicoCluster('A', { nodes: LARGE.nodes, services: 0 });
  const posted = objects.filter(({ kind }) => kind !== 'IPAddressPool');
  await inParallel(posted.length, IN_FLIGHT, async (i) => {
    const { metadata, ...rest } = posted[i] as {
      metadata: Record<string, unknown>;
      apiVersion: string;
      kind: string;
    };
    const { uid: _, resourceVersion: __, creationTimestamp: ___, ...own } = metadata;
    const body = JSON.stringify({ ...rest, metadata: own });
    await baseline.sendOrThrow('POST', pathOf(rest.apiVersion, rest.kind), body);
  });
}

function pathOf(apiVersion: string, kind: string): string {
  if (kind === 'Node') return '/api/v1/nodes';
  if (kind === 'DaemonSet') return '/apis/apps/v1/namespaces/kube-system/daemonsets';
  const plural = kind === 'BlockAffinity' ? 'blockaffinities' : `${kind.toLowerCase()}s`;
  return `/apis/${apiVersion}/${plural}`;
}

/** One round, by a new controller. */
async function served(
  testBed: TestBed,
  arrivals: AssignmentWatch,
  side: Side,
  round: number,
): Promise<Served> {
  const namespace = `${side}-${round}`;
  await testBed.namespace(namespace);
  const controller = await testBed.controller([`--calico=${side}`, '--leader-elect=false']);
  await createServices(testBed.baseline, { namespace, lbClass: OURS, count: SERVICES });
  const before = await waitUntilQuiet(testBed.baseline, QUIET_MS); // conditions and events of the waiting Services
  const done = arrivals.until(() => arrivals.served(namespace) === SERVICES);
  const third = round * 2 + (side === 'off' ? 1 : 0);
  await testBed.pool(`pool-${namespace}`, {
    addresses: [`192.168.${third * 2}.0/23`],
    namespaces: [namespace],
  });
  await done;
  const { services } = writesBetween(before, await countWrites(testBed.baseline));
  const rate = arrivals.rate(namespace);
  // Announced conditions are written later, at a limited rate; they are not waited for.
  await controller.kill('SIGKILL');
  await testBed.baseline.sendOrThrow('DELETE', servicePath(namespace));
  return { rate, writes: services / SERVICES };
}
