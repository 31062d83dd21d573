/** The kinds of trouble that a story can be told in: what goes wrong, how often, and how one knows that it did. */
import type { FaultEffect, FaultRule } from '../../../src/apiserver/faults.ts';
import type { Random } from '../../support/random.ts';
import { WORLD_LEASE, type World } from './world.ts';

export type Weather = {
  /** Called between two steps of the workload. */
  step(): void | Promise<void>;
  /** The trouble is over. */
  end(): void | Promise<void>;
  /** How often something went wrong. */
  count(): number;
};

export type Kind = {
  readonly name: string;
  /** How many controllers take part, and whether they elect a leader. */
  readonly replicas: number;
  readonly elects: boolean;
  begin(world: World, random: Random): Weather;
};

const calm = { step: () => {}, end: () => {} };

/** Rules of the server in memory, for our controllers alone. */
const scripted = (name: string, ...rules: readonly Omit<FaultRule, 'userAgent'>[]): Kind => ({
  name,
  replicas: 1,
  elects: false,
  begin(world) {
    for (const rule of rules) world.server.faults.add({ ...rule, userAgent: 'berth' });
    return { ...calm, end: () => world.server.faults.clear(), count: () => world.server.faults.struck };
  },
});

const rule = (effect: FaultEffect, chance: number, more: Partial<FaultRule> = {}): FaultRule => ({
  effect,
  chance,
  ...more,
});
const status = (code: number, more: object = {}): FaultEffect => ({ kind: 'status', code, ...more });

/** Something that is done to the world now and then. */
const incidents = (
  name: string,
  chance: number,
  happen: (world: World, random: Random) => void | Promise<void>,
  more: Partial<Kind> & { readonly over?: (world: World) => void } = {},
): Kind => ({
  name,
  replicas: 1,
  elects: false,
  ...more,
  begin(world, random) {
    let count = 0;
    return {
      async step() {
        if (!random.chance(chance)) return;
        count++;
        await happen(world, random);
      },
      end: () => more.over?.(world),
      count: () => count,
    };
  },
});

/** A server that is gone for a moment and has forgotten the past when it is back. */
function restart(world: World, random: Random): void {
  world.gate.down();
  world.clock.after(100 + random.below(1500), () => {
    world.server.faults.compact();
    world.gate.up();
  });
}

function thawAll(world: World): void {
  for (const actor of world.actors) actor.thaw();
}

async function replaceOne(world: World, random: Random, how: 'kill' | 'stop' | 'either'): Promise<void> {
  const actor = random.pick(world.actors);
  world.drop(actor);
  if (how === 'kill' || (how === 'either' && random.chance(0.5))) actor.kill();
  else await actor.stop();
  world.spawn(WORLD_LEASE);
}

export const KINDS: readonly Kind[] = [
  scripted('resets before a request is read', rule({ kind: 'reset', when: 'before' }, 0.2)),
  scripted('resets after a request was carried out', rule({ kind: 'reset', when: 'after' }, 0.2)),
  scripted(
    'stalls, some longer than we wait',
    rule({ kind: 'stall', ms: 8000, when: 'before' }, 0.04),
    rule({ kind: 'stall', ms: 8000, when: 'after' }, 0.04),
    rule({ kind: 'stall', ms: 500, when: 'after' }, 0.1),
  ),
  scripted(
    'events twice and late',
    rule({ kind: 'duplicate-events' }, 0.5),
    rule({ kind: 'delay-events', ms: 700 }, 1),
  ),
  scripted('409', rule(status(409), 0.3, { verb: 'patch' })),
  scripted(
    '410',
    rule({ kind: 'expire-watch', afterEvents: 3 }, 0.7),
    rule(status(410), 0.2, { verb: ['list', 'watch'] }),
  ),
  scripted('429', rule(status(429, { retryAfterSeconds: 1 }), 0.15)),
  scripted(
    '500 and 503, some of them lies',
    rule(status(500, { when: 'after' }), 0.1),
    rule(status(503), 0.1),
    rule(status(500), 0.1),
  ),
  scripted(
    'watches that break off',
    rule({ kind: 'cut-watch', afterEvents: 4 }, 0.5),
    rule({ kind: 'close-watch', afterEvents: 2 }, 1),
  ),
  incidents('connections cut anywhere', 0.4, (world) => world.gate.cut()),
  incidents('history compacted', 0.3, (world) => {
    world.server.faults.compact();
    world.server.faults.closeWatches();
  }),
  incidents('server restarts', 0.12, restart),
  incidents(
    'the CRD comes and goes',
    0.15,
    (world, random) => {
      world.hidePools(true);
      world.server.faults.closeWatches();
      world.clock.after(500 + random.below(3000), () => world.hidePools(false));
    },
    { over: (world) => world.hidePools(false) },
  ),
  incidents('kill -9 at any moment', 0.1, (world, random) => replaceOne(world, random, 'kill'), {
    elects: true,
  }),
  incidents(
    'two controllers that come and go',
    0.12,
    (world, random) => replaceOne(world, random, 'either'),
    {
      replicas: 2,
      elects: true,
    },
  ),
  incidents(
    'a leader asleep past its lease',
    0.12,
    (world, random) => {
      const actor = world.actors.find(({ leading }) => leading) ?? random.pick(world.actors);
      actor.freeze();
      world.clock.after(WORLD_LEASE.leaseDuration + random.below(9000), () => actor.thaw());
    },
    { replicas: 2, elects: true, over: thawAll },
  ),
  {
    name: 'all of it at once',
    replicas: 2,
    elects: true,
    begin(world, random) {
      const rules: readonly FaultRule[] = [
        rule({ kind: 'reset', when: 'after' }, 0.05),
        rule(status(500, { when: 'after' }), 0.05),
        rule(status(409), 0.1, { verb: 'patch' }),
        rule({ kind: 'stall', ms: 3000, when: 'after' }, 0.03),
        rule({ kind: 'expire-watch', afterEvents: 5 }, 0.3),
        rule({ kind: 'duplicate-events' }, 1),
      ];
      for (const one of rules) world.server.faults.add({ ...one, userAgent: 'berth' });
      return {
        async step() {
          if (random.chance(0.05)) restart(world, random);
          if (random.chance(0.05)) await replaceOne(world, random, 'either');
          if (random.chance(0.1)) world.gate.cut();
        },
        end: () => world.server.faults.clear(),
        count: () => world.server.faults.struck,
      };
    },
  },
];
