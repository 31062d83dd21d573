/** Laws of the election: speakers agree, one node owns an address, and nothing moves without a reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import type { Layer2State } from '../../../src/layer2/election/layer2-state.ts';
import { nodeShare } from '../../../src/layer2/election/node-share.ts';
import { aliveAlways } from '../../../src/layer2/membership/alive.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { EXCLUDE_LABEL } from '../../../src/objects/node.ts';
import { endpointSlice, node, pool, service } from '../../announce/support/cluster.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import {
  type Layer2Setup,
  layer2Advertisement,
  layer2State,
  nic,
  ownersOf,
} from '../support/layer2-cluster.ts';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const SERVICES = ['blog', 'wiki', 'mail', 'chat'];

function randomObjects(random: Random): readonly Raw[] {
  const zone = (): Raw => ({ matchLabels: { zone: random.pick(['a', 'b']) } });
  const some = <T>(probability: number, make: () => T): readonly T[] =>
    random.chance(probability) ? [make()] : [];
  return [
    pool('main', ['10.0.0.0/28', 'fd00::/124']),
    ...NODES.map((name) =>
      node(name, {
        zone: random.pick(['a', 'b']),
        ...(random.chance(0.1) ? { [EXCLUDE_LABEL]: '' } : {}),
      }),
    ),
    ...['a1', 'a2'].map((name) =>
      layer2Advertisement(name, {
        nodeSelectors: some(0.4, zone),
        interfaces: some(0.4, () => random.pick(['eth0', 'eth1'])),
        preferredNodeSelectors: some(0.4, () => ({ weight: 1 + random.below(3), preference: zone() })),
      }),
    ),
    ...SERVICES.flatMap((name) => {
      const ips = [`10.0.0.${random.below(4)}`, ...some(0.4, () => `fd00::${random.below(4)}`)];
      const policy = random.chance(0.5) ? { externalTrafficPolicy: 'Local' } : {};
      const endpoints = NODES.filter(() => random.chance(0.5)).map((nodeName) => ({
        addresses: ['10.244.0.1'],
        nodeName,
      }));
      return [service(name, ips, policy), endpointSlice(name, endpoints)];
    }),
  ];
}

const randomInterfaces = (random: Random): NonNullable<Layer2Setup['interfaces']> =>
  Object.fromEntries(
    NODES.map((name) => [name, ['eth0', 'eth1'].filter(() => random.chance(0.8)).map((one) => nic(one))]),
  );

/** The nodes that answer for each address. */
function answerers(state: Layer2State): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const name of NODES)
    for (const { address } of nodeShare(state, name).addresses) {
      const key = formatAddress(address);
      found.set(key, [...(found.get(key) ?? []), name]);
    }
  return found;
}

const shuffled = <T>(random: Random, items: readonly T[]): readonly T[] =>
  items
    .map((item) => ({ item, at: random.below(1_000_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

test('speakers that see the same elect the same, in whichever order they see it', () => {
  underSeeds(60, 1_000, (random) => {
    const objects = randomObjects(random);
    const setup = { interfaces: randomInterfaces(random), recorded: { 'web/blog': random.pick(NODES) } };
    const [one, other] = [objects, shuffled(random, objects)].map((list) =>
      ownersOf(layer2State(list, setup)),
    );
    assert.deepEqual(one, other);
  });
});

test('an address has at most one node, which is alive and may answer', () => {
  underSeeds(60, 1_000, (random) => {
    const alive = NODES.filter(() => random.chance(0.7));
    const setup = { interfaces: randomInterfaces(random), alive: aliveAlways(alive) };
    const state = layer2State(randomObjects(random), setup);
    for (const nodes of answerers(state).values()) assert.equal(nodes.length, 1);
    for (const { owner, eligible } of state.elections) {
      if (owner === null) assert.ok(eligible.every((name) => !alive.includes(name)));
      else assert.ok(alive.includes(owner.node) && eligible.includes(owner.node));
    }
  });
});

test('with the record of an election, the next has the same result', () => {
  underSeeds(60, 1_000, (random) => {
    const objects = randomObjects(random);
    const setup = { interfaces: randomInterfaces(random) };
    const owners = ownersOf(layer2State(objects, setup));
    assert.deepEqual(ownersOf(layer2State(objects, { ...setup, recorded: owners })), owners);
  });
});

test('a node that comes or goes moves only what it owned, is preferred for, or alone can join', () => {
  underSeeds(60, 1_000, (random) => {
    const objects = randomObjects(random);
    const interfaces = randomInterfaces(random);
    const changed = random.pick(NODES);
    const without = aliveAlways(NODES.filter((name) => name !== changed));
    const recorded = ownersOf(layer2State(objects, { interfaces }));
    const gone = ownersOf(layer2State(objects, { interfaces, recorded, alive: without }));
    for (const [key, owner] of Object.entries(recorded))
      if (owner !== changed) assert.equal(gone[key], owner);
    const back = layer2State(objects, { interfaces, recorded: { ...recorded, ...gone } });
    for (const [key, owner] of Object.entries(ownersOf(back))) {
      const before = gone[key] ?? recorded[key];
      if (owner === before) continue;
      const election = back.elections.find(({ group }) => group.some((one) => one.service.key === key));
      assert.equal(owner, changed);
      assert.ok(election?.owner?.reason === 'preferred' || election?.owner?.reason === 'only');
    }
  });
});

test('nodes that die one after the other move only what they owned', () => {
  underSeeds(60, 1_000, (random) => {
    const objects = randomObjects(random);
    const interfaces = randomInterfaces(random);
    let recorded = ownersOf(layer2State(objects, { interfaces }));
    let alive = NODES;
    for (const dying of shuffled(random, NODES)) {
      alive = alive.filter((name) => name !== dying);
      const owners = ownersOf(layer2State(objects, { interfaces, recorded, alive: aliveAlways(alive) }));
      for (const [key, owner] of Object.entries(recorded))
        if (owner !== dying && alive.includes(owner)) assert.equal(owners[key], owner, key);
      recorded = { ...recorded, ...owners };
    }
  });
});
