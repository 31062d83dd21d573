/** Elections of one speaker in a large cluster: what the first costs, and what each change after it. Nothing is sent. */
import { resolvePools } from '../../../src/announce/config/pools.ts';
import { IncrementalElections } from '../../../src/layer2/election/incremental-elections.ts';
import { resolveLayer2Config } from '../../../src/layer2/election/layer2-config.ts';
import { toLayer2Service } from '../../../src/layer2/election/layer2-service.ts';
import { computeLayer2State } from '../../../src/layer2/election/layer2-state.ts';
import { aliveAlways } from '../../../src/layer2/membership/alive.ts';
import { decodeService } from '../../../src/objects/service.ts';
import { pool, service } from '../../../test/announce/support/cluster.ts';
import { layer2Advertisement, NAMESPACE, nic } from '../../../test/layer2/support/layer2-cluster.ts';
import { percentile, type Row, spread } from '../../support/figures.ts';

const [SERVICES, NODES, CHANGES] = [5000, 100, 50];
/** Milliseconds of CPU time. */
const CHANGE_MAX = 20;
const NODE_CHANGE_MAX = 250;
const MEBIBYTE = 1024 ** 2;

function cpuMillis(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export function layer2Elections(): readonly Row[] {
  const nodes = Array.from({ length: NODES }, (_, index) => `node-${index}`);
  const services = Array.from({ length: SERVICES }, (_, index) => {
    const policy = index % 2 === 0 ? {} : { externalTrafficPolicy: 'Local' };
    const ip = `10.0.${index >> 8}.${index & 255}`;
    return decodeService({ apiVersion: 'v1', ...service(`s${index}`, [ip], policy) }) ?? [];
  })
    .flat()
    .map(toLayer2Service);
  const usable = (node: string) => ({ hasAny: true, nodes: new Set([node, 'node-1']) });
  const endpoints = new Map(services.map(({ key }) => [key, usable('node-2')]));
  const cluster = {
    ...{ services, endpoints, flags: { lbClass: null, ignoreExcludeLabel: false } },
    config: resolveLayer2Config([layer2Advertisement('all')], { namespace: NAMESPACE }, null),
    pools: resolvePools([pool('main', ['10.0.0.0/16'])], null),
  };
  const contextOf = (living: readonly string[]) => ({
    nodes: electionNodes,
    alive: aliveAlways(living),
    recorded,
    ...{
      handOver: new Map<string, string>(),
      keepsOwner: true,
      returned: new Set<string>(),
      leaving: new Set<string>(),
    },
  });
  const electionNodes = nodes.map((name) => ({
    ...{ name, node: { labels: {}, isExcluded: false, isNetworkUnavailable: false } },
    interfaces: [nic('eth0')],
  }));
  const recorded = new Map(services.map(({ key }, index) => [key, `node-${index % NODES}`]));
  const elections = new IncrementalElections();
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed;
  const first = cpuMillis(() => elections.update(cluster, contextOf(nodes)));
  globalThis.gc?.();
  const grown = (process.memoryUsage().heapUsed - heap) / MEBIBYTE;
  const changes = Array.from({ length: CHANGES }, (_, index) => {
    endpoints.set(services[index]?.key ?? '', usable(`node-${3 + index}`));
    return cpuMillis(() => elections.update(cluster, contextOf(nodes)));
  });
  const deaths = Array.from({ length: 10 }, (_, index) =>
    cpuMillis(() => elections.update(cluster, contextOf(nodes.slice(index + 1)))),
  );
  const full = cpuMillis(() => computeLayer2State(cluster, contextOf(nodes), null));
  const at = `layer 2: ${SERVICES} Services, ${NODES} nodes`;
  return [
    {
      figure: `${at}: a changed endpoint, CPU time of its election (p50; all from nothing: ${full.toFixed(0)} ms)`,
      goal: `≤ ${CHANGE_MAX} ms`,
      seen: `${spread(changes)} ms`,
      met: percentile(changes, 0.5) <= CHANGE_MAX,
    },
    {
      figure: `${at}: a node that dies, CPU time (p50)`,
      goal: `≤ ${NODE_CHANGE_MAX} ms`,
      seen: `${spread(deaths)} ms`,
      met: percentile(deaths, 0.5) <= NODE_CHANGE_MAX,
    },
    {
      figure: `${at}: memory of the elections; the first, CPU time`,
      goal: '≤ 32 MiB',
      seen: `${grown.toFixed(1)} MiB; ${first.toFixed(0)} ms`,
      met: grown <= 32,
    },
  ];
}
