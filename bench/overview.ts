/**
 * Measures the overview: what one Service's change costs in clusters of 1,000 and of 10,000, how long a whole one takes, and
 * how long `berth status` runs on a cluster of 10,000, from its start to its last line.
 *
 * The document of a change is made anew, so its list of Services is copied. Everything else is in proportion to the change.
 */

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeService, type Service } from '../src/objects/service.ts';
import { readKind } from '../src/overview/knowledge.ts';
import { Overview } from '../src/overview/overview.ts';
import { bench, median, note, type Row, spread } from './support/figures.ts';
import { newBenchFolder } from './support/folder.ts';
import { startMemoryApi } from './support/start-memory-api.ts';

const NAMESPACE = 'metallb-system';
const ROUNDS = 5;
const CHANGES = 200;
const WALL = Date.UTC(2026, 0, 1);

const POOL = {
  ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' },
  metadata: { name: 'crowd', namespace: NAMESPACE, uid: 'p', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { addresses: ['10.0.0.0/12'] },
};

function service(index: number, hasAddress: boolean): Service {
  const ip = `10.0.${index >> 8}.${index & 255}`;
  const decoded = decodeService({
    metadata: {
      ...{ name: `s${index}`, namespace: 'crowd', uid: `u${index}` },
      annotations: { 'metallb.io/ip-allocated-from-pool': 'crowd' },
    },
    spec: { type: 'LoadBalancer', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'], ports: [{ port: 80 }] },
    status: {
      loadBalancer: hasAddress ? { ingress: [{ ip }] } : {},
      conditions: [
        {
          type: 'berth.dev/Assigned',
          status: hasAddress ? 'True' : 'False',
          reason: hasAddress ? 'Assigned' : 'PoolExhausted',
          message: 'So it is.',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    },
  });
  if (decoded === null) throw new Error('the Service has no name');
  return decoded;
}

function overviewOf(services: readonly Service[]): Overview {
  const overview = new Overview({
    ...{
      poolNamespace: NAMESPACE,
      lbClass: null,
      foreignAddresses: 'keep',
      unmetRequests: 'keep',
      ipMode: null,
    },
    ...{ source: 'a benchmark', namespace: NAMESPACE, servicesFrom: 'status' },
  });
  overview.setKind('IPAddressPool', readKind('IPAddressPool', [POOL], NAMESPACE));
  for (const one of services) overview.putService(one);
  overview.setServicesReading(readKind('Service', []).reading);
  return overview;
}

type Cost = { readonly change: number; readonly document: number; readonly judged: number };

/** Of one change, in microseconds. */
function costOfChange(overview: Overview, size: number): Cost {
  const [change, document]: number[][] = [[], []];
  const before = overview.servicesJudged;
  for (let i = 0; i < CHANGES; i++) {
    const changed = service((i * 7919) % size, i % 2 === 0);
    const start = performance.now();
    overview.putService(changed);
    const applied = performance.now();
    overview.document(WALL);
    change?.push((applied - start) * 1000);
    document?.push((performance.now() - applied) * 1000);
  }
  const judged = (overview.servicesJudged - before) / CHANGES;
  return { change: median(change ?? []), document: median(document ?? []), judged };
}

async function measure(): Promise<readonly Row[]> {
  const all = Array.from({ length: 10_000 }, (_, index) => service(index, true));
  const builds: number[] = [];
  const small: Cost[] = [];
  const large: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    small.push(costOfChange(overviewOf(all.slice(0, 1000)), 1000));
    const start = performance.now();
    const overview = overviewOf(all);
    overview.document(WALL);
    builds.push(performance.now() - start);
    large.push(costOfChange(overview, 10_000));
    note(`round ${round + 1}: a change costs ${large.at(-1)?.change.toFixed(1)} µs`);
  }
  const ratios = large.map(({ change }, index) => change / (small[index]?.change ?? Number.NaN));
  const judged = large.map((one) => one.judged);
  const runs = await statusRuns();
  return [
    {
      figure: 'overview: Services judged for one change, of 10,000',
      ...{ goal: '1', seen: spread(judged), met: median(judged) === 1 },
    },
    {
      figure: 'overview: one change in a cluster of 10,000 ÷ in one of 1,000',
      ...{ goal: '≤ 2', seen: spread(ratios), met: median(ratios) <= 2 },
    },
    {
      figure: 'overview: one change in a cluster of 10,000, and the document after it, which lists all',
      goal: '',
      seen: `${spread(large.map((one) => one.change))} µs, ${spread(large.map((one) => one.document))} µs`,
      met: null,
    },
    {
      figure: 'overview: a whole one of 10,000 Services',
      ...{ goal: '≤ 500 ms', seen: `${spread(builds)} ms`, met: median(builds) <= 500 },
    },
    {
      figure: 'berth status: from its start to its last line, 10,000 Services',
      ...{ goal: '≤ 2 s', seen: `${spread(runs)} s`, met: median(runs) <= 2 },
    },
  ];
}

/** Of the built program, on the API server in memory; in seconds. */
async function statusRuns(): Promise<readonly number[]> {
  const { path: folder, remove: removeFolder } = newBenchFolder();
  try {
    const { url, child } = await startMemoryApi({ folder, services: 10_000 });
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
        clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority': join(folder, 'ca.crt') } }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      }),
    );
    const runs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) runs.push(await secondsOfStatus(kubeconfig));
    child.disconnect();
    return runs;
  } finally {
    removeFolder();
  }
}

function secondsOfStatus(kubeconfig: string): Promise<number> {
  const start = performance.now();
  return new Promise((resolve) =>
    execFile(process.execPath, ['dist/berth.mjs', 'status', '--kubeconfig', kubeconfig], (_, stdout) => {
      if (!stdout.includes('10000 of other controllers')) throw new Error(`it printed ${stdout}`);
      resolve((performance.now() - start) / 1000);
    }),
  );
}

await bench(10, measure);
