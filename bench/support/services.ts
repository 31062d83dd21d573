/** The Services that the benchmarks create, and the patches that both sides send. */
import { formatRfc3339 } from '../../src/base/clock.ts';
import type { BaselineClient } from './baseline/client.ts';
import type { RawService } from './raw-service.ts';

/** The classes of the two sides, so that each manages its own Services. */
export const OURS = 'bench.example/berth';
export const THEIRS = 'bench.example/baseline';

export const keyOf = ({ metadata }: RawService): string => `${metadata.namespace}/${metadata.name}`;

export const hasAddress = ({ status }: RawService): boolean => status.loadBalancer?.ingress !== undefined;

export const servicePath = (namespace: string, name = ''): string =>
  `/api/v1/namespaces/${namespace}/services${name === '' ? '' : `/${name}`}`;

export const WATCH_PATH =
  '/api/v1/services?watch=true&allowWatchBookmarks=true&fieldSelector=spec.type%3DLoadBalancer';

export const serviceBody = (name: string, loadBalancerClass: string): string =>
  JSON.stringify({
    metadata: { name },
    spec: {
      type: 'LoadBalancer',
      loadBalancerClass,
      allocateLoadBalancerNodePorts: false, // there are only 2,768 of them
      ports: [{ port: 80 }],
    },
  });

/** The patch that the controller sends with an address. */
export const assignedBody = (service: RawService, ip: string, pool: string): string =>
  JSON.stringify({
    metadata: {
      ...preconditions(service),
      annotations: { 'metallb.io/ip-allocated-from-pool': pool },
    },
    status: {
      loadBalancer: { ingress: [{ ip }] },
      conditions: [condition('True', 'Assigned', `${ip} from pool "${pool}".`)],
    },
  });

/** The patch that it sends when there is no address. */
export const waitingBody = (service: RawService): string =>
  JSON.stringify({
    metadata: preconditions(service),
    status: {
      conditions: [
        condition('False', 'NoPoolMatches', 'No pool assigns addresses to this Service automatically.'),
      ],
    },
  });

const preconditions = ({ metadata: { uid, resourceVersion } }: RawService): object => ({
  uid,
  resourceVersion,
});

const condition = (status: 'True' | 'False', reason: string, message: string): object => ({
  type: 'berth.dev/Assigned',
  status,
  reason,
  message,
  lastTransitionTime: formatRfc3339(Date.now()),
});

/** `10.200.0.0` onward. */
export const baselineAddress = (index: number): string =>
  `10.${200 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;

/** Calls `work` with 0 to count-1, `atOnce` concurrently. */
export async function inParallel(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

/** `s0`, `s1`, … */
export async function createServices(
  baseline: BaselineClient,
  {
    namespace,
    lbClass,
    count,
  }: { readonly namespace: string; readonly lbClass: string; readonly count: number },
): Promise<void> {
  const path = servicePath(namespace);
  await inParallel(count, 16, async (i) => {
    await baseline.sendOrThrow('POST', path, serviceBody(`s${i}`, lbClass));
  });
}
