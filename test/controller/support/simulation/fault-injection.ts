/** Kinds of faults for scenarios: what fails, how often, and how a test knows that it did. */
import type { FaultEffect, FaultRule } from '../../../../src/apiserver/http/fault-injector.ts';
import type { Millis } from '../../../../src/base/clock.ts';
import type { Random } from '../../../support/random.ts';
import { LEASE_TIMING, type SimulatedCluster } from './cluster.ts';

export const HOUR: Millis = 3_600_000;

export type FaultInjector = {
  /** Called between two steps of the workload. */
  step(): void | Promise<void>;
  /** The trouble is over. */
  end(): void | Promise<void>;
  /** How often something went wrong. */
  count(): number;
  /** The scenario is over. */
  close?(): void;
};

export type FaultKind = {
  readonly name: string;
  /** How many controllers take part, and whether they elect a leader. */
  readonly replicas: number;
  readonly elects: boolean;
  /** Simulated seconds in a real one; unset: the usual speed. */
  readonly speed?: number;
  start(cluster: SimulatedCluster, random: Random): FaultInjector | Promise<FaultInjector>;
};

const idleInjector = { step: () => {}, end: () => {} };

/** Rules of the server in memory, for our controllers alone. */
const serverFaults = (name: string, ...rules: readonly Omit<FaultRule, 'userAgent'>[]): FaultKind => ({
  name,
  replicas: 1,
  elects: false,
  start(cluster) {
    for (const rule of rules) cluster.server.faults.add({ ...rule, userAgent: 'berth' });
    return {
      ...idleInjector,
      end: () => cluster.server.faults.clear(),
      count: () => cluster.server.faults.injectedCount,
    };
  },
});

const rule = (effect: FaultEffect, probability: number, more: Partial<FaultRule> = {}): FaultRule => ({
  effect,
  probability,
  ...more,
});
const status = (code: number, more: object = {}): FaultEffect => ({ kind: 'status', code, ...more });

/** A fault that is injected now and then. */
const recurringFault = (
  name: string,
  chance: number,
  inject: (cluster: SimulatedCluster, random: Random) => void | Promise<void>,
  more: Partial<FaultKind> & { readonly cleanUp?: (cluster: SimulatedCluster) => void } = {},
): FaultKind => ({
  name,
  replicas: 1,
  elects: false,
  ...more,
  start(cluster, random) {
    let count = 0;
    return {
      async step() {
        if (!random.chance(chance)) return;
        count++;
        await inject(cluster, random);
      },
      end: () => more.cleanUp?.(cluster),
      count: () => count,
    };
  },
});

/** A server that is gone for a moment and has forgotten the past when it is back. */
function restartServer(cluster: SimulatedCluster, random: Random): void {
  cluster.proxy.down();
  cluster.clock.after(100 + random.below(1500), () => {
    cluster.server.faults.compact();
    cluster.proxy.up();
  });
}

function resumeAll(cluster: SimulatedCluster): void {
  for (const controller of cluster.controllers) controller.resume();
}

async function replaceController(
  cluster: SimulatedCluster,
  random: Random,
  how: 'kill' | 'stop' | 'either',
): Promise<void> {
  const controller = random.pick(cluster.controllers);
  cluster.drop(controller);
  if (how === 'kill' || (how === 'either' && random.chance(0.5))) controller.kill();
  else await controller.stop();
  cluster.spawn(LEASE_TIMING);
}

export const FAULT_KINDS: readonly FaultKind[] = [
  serverFaults('resets before a request is read', rule({ kind: 'reset', when: 'before' }, 0.2)),
  serverFaults('resets after a request was carried out', rule({ kind: 'reset', when: 'after' }, 0.2)),
  serverFaults(
    'stalls, some longer than we wait',
    rule({ kind: 'stall', ms: 8000, when: 'before' }, 0.04),
    rule({ kind: 'stall', ms: 8000, when: 'after' }, 0.04),
    rule({ kind: 'stall', ms: 500, when: 'after' }, 0.1),
  ),
  serverFaults(
    'events twice and late',
    rule({ kind: 'duplicate-events' }, 0.5),
    rule({ kind: 'delay-events', ms: 700 }, 1),
  ),
  serverFaults('409', rule(status(409), 0.3, { verb: 'patch' })),
  serverFaults(
    '410',
    rule({ kind: 'expire-watch', afterEvents: 3 }, 0.7),
    rule(status(410), 0.2, { verb: ['list', 'watch'] }),
  ),
  serverFaults('429', rule(status(429, { retryAfterSeconds: 1 }), 0.15)),
  serverFaults(
    '500 and 503, some of them lies',
    rule(status(500, { when: 'after' }), 0.1),
    rule(status(503), 0.1),
    rule(status(500), 0.1),
  ),
  serverFaults(
    'watches that break off',
    rule({ kind: 'cut-watch', afterEvents: 4 }, 0.5),
    rule({ kind: 'close-watch', afterEvents: 2 }, 1),
  ),
  recurringFault('connections cut anywhere', 0.4, (cluster) => cluster.proxy.cut()),
  recurringFault('history compacted', 0.3, (cluster) => {
    cluster.server.faults.compact();
    cluster.server.faults.closeWatches();
  }),
  recurringFault('server restarts', 0.12, restartServer),
  recurringFault(
    'the CRD comes and goes',
    0.15,
    (cluster, random) => {
      cluster.hidePools(true);
      cluster.server.faults.closeWatches();
      cluster.clock.after(500 + random.below(3000), () => cluster.hidePools(false));
    },
    { cleanUp: (cluster) => cluster.hidePools(false) },
  ),
  recurringFault(
    'kill -9 at any moment',
    0.1,
    (cluster, random) => replaceController(cluster, random, 'kill'),
    {
      elects: true,
    },
  ),
  recurringFault(
    'two controllers that come and go',
    0.12,
    (cluster, random) => replaceController(cluster, random, 'either'),
    {
      replicas: 2,
      elects: true,
    },
  ),
  recurringFault(
    'a leader asleep past its lease',
    0.12,
    (cluster, random) => {
      const controller =
        cluster.controllers.find(({ isLeading }) => isLeading) ?? random.pick(cluster.controllers);
      controller.suspend();
      cluster.clock.after(LEASE_TIMING.leaseDuration + random.below(9000), () => controller.resume());
    },
    { replicas: 2, elects: true, cleanUp: resumeAll },
  ),
  {
    name: 'all of it at once',
    replicas: 2,
    elects: true,
    start(cluster, random) {
      const rules: readonly FaultRule[] = [
        rule({ kind: 'reset', when: 'after' }, 0.05),
        rule(status(500, { when: 'after' }), 0.05),
        rule(status(409), 0.1, { verb: 'patch' }),
        rule({ kind: 'stall', ms: 3000, when: 'after' }, 0.03),
        rule({ kind: 'expire-watch', afterEvents: 5 }, 0.3),
        rule({ kind: 'duplicate-events' }, 1),
      ];
      for (const one of rules) cluster.server.faults.add({ ...one, userAgent: 'berth' });
      return {
        async step() {
          if (random.chance(0.05)) restartServer(cluster, random);
          if (random.chance(0.05)) await replaceController(cluster, random, 'either');
          if (random.chance(0.1)) cluster.proxy.cut();
        },
        end: () => cluster.server.faults.clear(),
        count: () => cluster.server.faults.injectedCount,
      };
    },
  },
];

/** The wall clock of a machine is corrected by an hour; leases and graces go by monotonic time. */
export const CLOCK_JUMPS: FaultKind = recurringFault(
  'calendars that jump an hour, forward and back',
  0.06,
  (cluster, random) => random.pick(cluster.controllers).jumpWall(random.chance(0.5) ? HOUR : -HOUR),
  { replicas: 2, elects: true },
);
