/**
 * Services that wait are served in bulk when their pool comes: the controller's rate against that of a bare
 * client that sends the same patches, 32 in flight. Both sides hold the same watch all the time, and take turns.
 */
import {
  bareAddress,
  bareBody,
  inParallel,
  keyOf,
  NAMESPACE,
  OURS,
  type RawService,
  serviceBody,
  servicePath,
  startBed,
  THEIRS,
  WATCH_PATH,
} from './support/bed.ts';
import { median, printRows, type Row, spread } from './support/figures.ts';

const ROUNDS = 5;
const SERVICES = 1000;
const GOAL = 0.9;

async function measure(fairness: boolean): Promise<Row> {
  const bed = await startBed({ fairness });
  const { api, bare } = bed;
  const known = new Map<string, RawService>();
  let onServed: (service: RawService) => void = () => {};
  const unwatch = bare.watch(WATCH_PATH, (type, object) => {
    if (type !== 'ADDED' && type !== 'MODIFIED') return;
    known.set(keyOf(object), object);
    if (object.status.loadBalancer?.ingress) onServed(object);
  });
  const controller = await bed.controller(['--lb-class', OURS]);
  /** Settles when so many of the namespace are served; rate from the first to the last. */
  const served = (namespace: string, count: number): Promise<number> =>
    new Promise((resolve) => {
      const seen = new Set<string>();
      let first = 0;
      onServed = ({ metadata }) => {
        if (metadata.namespace !== namespace || seen.has(metadata.name)) return;
        if (seen.size === 0) first = performance.now();
        seen.add(metadata.name);
        if (seen.size === count) resolve((1000 * (count - 1)) / (performance.now() - first));
      };
    });
  const prepare = async (namespace: string, loadBalancerClass: string): Promise<void> => {
    await api.must('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    await inParallel(SERVICES, 16, async (i) => {
      const { status } = await bare.send(
        'POST',
        servicePath(namespace),
        serviceBody(`s${i}`, loadBalancerClass),
      );
      if (status !== 201) throw new Error(`a Service was answered ${status}`);
    });
  };
  const rates: { readonly ours: number; readonly theirs: number }[] = [];
  let given = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const turns: Record<'ours' | 'theirs', () => Promise<number>> = {
      ours: async () => {
        const namespace = `ours-${round}`;
        await prepare(namespace, OURS);
        await new Promise((resolve) => setTimeout(resolve, 3000)); // conditions and events of the waiting
        const rate = served(namespace, SERVICES);
        await api.must('POST', `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/ipaddresspools`, {
          apiVersion: 'metallb.io/v1beta1',
          kind: 'IPAddressPool',
          metadata: { name: `pool-${round}` },
          spec: { addresses: [`10.${round}.0.0/16`], serviceAllocation: { namespaces: [namespace] } },
        });
        return rate;
      },
      theirs: async () => {
        const namespace = `theirs-${round}`;
        await prepare(namespace, THEIRS);
        await new Promise((resolve) => setTimeout(resolve, 3000));
        const rate = served(namespace, SERVICES);
        const first = given;
        given += SERVICES;
        await inParallel(SERVICES, 32, async (i) => {
          const service = known.get(`${namespace}/s${i}`);
          if (service === undefined) throw new Error('a Service was not seen');
          const body = bareBody(service, bareAddress(first + i), `pool-${round}`);
          const path = `${servicePath(namespace, `s${i}`)}/status`;
          const { status } = await bare.send('PATCH', path, body, 'application/strategic-merge-patch+json');
          if (status !== 200) throw new Error(`a patch was answered ${status}`);
        });
        return rate;
      },
    };
    const order = round % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const);
    const rate = { ours: 0, theirs: 0 };
    for (const side of order) {
      rate[side] = await turns[side]();
      await new Promise((resolve) => setTimeout(resolve, 3000)); // events
    }
    process.stdout.write(
      `  round ${round + 1}: ${rate.ours.toFixed(0)}/s, bare ${rate.theirs.toFixed(0)}/s\n`,
    );
    rates.push(rate);
  }
  unwatch();
  await controller.kill('SIGTERM');
  await bed.stop();
  const ratios = rates.map(({ ours, theirs }) => ours / theirs);
  return {
    figure: `${SERVICES} waiting Services served in bulk, rate ÷ bare client's${fairness ? ' (priority and fairness on)' : ''}`,
    goal: `≥ ${GOAL}`,
    seen: `${spread(ratios)}; ${spread(rates.map(({ ours }) => ours))}/s`,
    met: median(ratios) >= GOAL,
  };
}

printRows([await measure(false), await measure(true)]);
process.exit(0);
