/** Writers who do not leave us alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROW_ENDS_AFTER } from '../../src/plan/contests.ts';
import { eventsOf, GRACE, ingress, pool, service, World, writes } from './support.ts';

const WEB = pool('web', ['10.0.0.0/31']);

test('a writer that insists three times is left alone, after one event', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  const replace = () => world.edit('it', { ingress: ingress('192.0.2.9'), statusWriter: 'rival' });
  assert.deepEqual(eventsOf([...replace(), ...replace()]), []);
  assert.equal(world.says('it'), '10.0.0.0');
  assert.match(eventsOf(replace()).join(), /^AddressesReplaced: "rival" keeps replacing/);
  assert.equal(world.says('it'), 'StatusContested 192.0.2.9');
  for (let i = 0; i < 5; i++) assert.deepEqual(writes(replace()), []);
  world.apply(service('new'));
  assert.equal(world.says('new'), '10.0.0.1', 'its address stays reserved');
  const fresh = world.restart();
  assert.deepEqual(writes(fresh.first), [], 'a restart begins nothing anew');
});

test('so is one that insists on an address of ours which the Service does not want', () => {
  const its = service('it', { asks: { loadBalancerIPs: '10.0.0.0' } });
  const world = new World({ pools: [WEB], services: [its] });
  for (let i = 0; i < 3; i++) world.edit('it', { ingress: ingress('10.0.0.1'), statusWriter: 'rival' });
  assert.equal(world.says('it'), 'StatusContested 10.0.0.1');
});

test('a contest ends when the owner changes the Service, and the writer has been quiet', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 3; i++) world.edit('it', { ingress: ingress('192.0.2.9') });
  world.edit('it', { labels: { tried: 'again' } });
  assert.equal(world.says('it'), 'StatusContested 192.0.2.9', 'not yet');
  world.stage.now += ROW_ENDS_AFTER + 1;
  world.lookAgain();
  assert.equal(world.says('it'), 'StatusContested 192.0.2.9', 'nobody has done anything');
  world.edit('it', { labels: { tried: 'once more' } });
  assert.equal(world.says('it'), '10.0.0.0');
});

test('replacements that are far apart are no contest', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 6; i++) {
    world.edit('it', { ingress: ingress('192.0.2.9') });
    world.stage.now += ROW_ENDS_AFTER + 1;
  }
  assert.equal(world.says('it'), '10.0.0.0');
});

/** Somebody takes off what is named, in as many rounds; and how many of our writes that brought about. */
function strip(world: World, what: 'annotation' | 'condition' | 'both', rounds: number): number {
  let written = 0;
  for (let i = 0; i < rounds; i++) {
    const { annotations, conditions } = world.get('it');
    const { 'metallb.io/ip-allocated-from-pool': _, ...rest } = annotations;
    const looks = world.edit('it', {
      annotations: what === 'condition' ? annotations : rest,
      conditions: what === 'annotation' ? conditions : [],
    });
    written += writes(looks).length;
  }
  return written;
}

const fights: readonly [says: string, pools: readonly object[], what: Parameters<typeof strip>[1]][] = [
  ['the annotation of one that has an address', [WEB], 'annotation'],
  ['the condition of one that has an address', [WEB], 'condition'],
  ['both', [WEB], 'both'],
  ['the condition of one that waits', [], 'condition'],
];

for (const [says, pools, what] of fights) {
  test(`a writer that strips ${says} is answered twice, told so once, and then left alone`, () => {
    const world = new World({ pools, services: [service('it')] });
    const shown = world.get('it').ingress;
    assert.equal(strip(world, what, 20), 3);
    assert.deepEqual(world.get('it').ingress, shown, 'its address stays');
    assert.deepEqual(writes(world.lookAgain()), []);
    world.apply(service('new'));
    assert.equal(world.says('new'), pools.length === 0 ? 'NoPools' : '10.0.0.1');
  });
}

test('the condition of a foreign address is no reason to fight for ever, either', () => {
  const world = new World({ pools: [WEB], services: [service('it', { shows: ['192.0.2.1'] })] });
  assert.equal(strip(world, 'condition', 20), 3);
  assert.deepEqual(world.get('it').ingress, ingress('192.0.2.1'));
});

test('when everything of ours is put back, the contest is over', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  const { annotations } = world.get('it');
  assert.equal(strip(world, 'annotation', 3), 3);
  assert.equal(world.says('it'), 'StatusContested 10.0.0.0');
  world.edit('it', { annotations });
  assert.equal(world.says('it'), '10.0.0.0');
});

test('two replacements, and a third one after a long while, are no contest', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  const replace = () => world.edit('it', { ingress: ingress('192.0.2.9') });
  replace();
  replace();
  world.stage.now += ROW_ENDS_AFTER + 1;
  replace();
  assert.equal(world.says('it'), '10.0.0.0');
});

test('a verdict that changes by itself is no replacement, however often', () => {
  const world = new World({ pools: [], services: [service('it')] });
  for (let i = 0; i < 5; i++) {
    world.edit('it', { labels: { round: String(i) } });
    world.setPools(pool('set-aside', ['10.4.0.0/30'], { autoAssign: false }));
    assert.equal(world.says('it'), 'NoPoolMatches');
    world.setPools();
    assert.equal(world.says('it'), 'NoPools');
  }
});

test('what is said again, since somebody took it off, is marked as such', () => {
  const world = new World({ services: [service('it')] });
  assert.deepEqual(
    writes(world.first).map(({ again }) => again),
    [false],
  );
  assert.deepEqual(
    writes(world.edit('it', { conditions: [] })).map(({ again }) => again),
    [true],
  );
});

test('looks that nothing comes of do not count, however many there are between two writes', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  const { desk, services } = world.stage;
  const replace = () => {
    const before = world.get('it');
    const after = { ...before, ingress: ingress('192.0.2.9'), statusWriter: 'rival' };
    services.set(before.key, after);
    desk.serviceChanged(before, after);
    for (let i = 0; i < 5; i++) desk.look(before.key, { now: 0, wall: 0 }); // their writes were all refused
    return world.lookAgain();
  };
  assert.deepEqual(eventsOf([...replace(), ...replace()]), []);
  assert.equal(world.says('it'), '10.0.0.0');
  assert.match(eventsOf(replace()).join(), /^AddressesReplaced: /);
  assert.equal(world.says('it'), 'StatusContested 192.0.2.9');
  for (let i = 0; i < 5; i++) assert.deepEqual(writes(replace()), []);
});

test('the writer that goes on keeps the contest going, whatever the owner does', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 3; i++) world.edit('it', { ingress: ingress('192.0.2.9') });
  world.stage.now += ROW_ENDS_AFTER + 1;
  world.edit('it', { ingress: ingress('192.0.2.10') });
  world.edit('it', { labels: { tried: 'again' } });
  assert.equal(world.says('it'), 'StatusContested 192.0.2.10');
});

test('addresses that moved to another pool with their range were replaced by nobody', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 4; i++) {
    const name = i % 2 === 0 ? 'other' : 'web';
    world.setPools(pool(name, ['10.0.0.0/31']));
    world.pass(GRACE + 1);
    assert.equal(world.says('it'), '10.0.0.0');
    assert.equal(world.poolOf('it'), name);
  }
});

test('only the writer of other addresses is named', () => {
  const world = new World({ pools: [WEB], services: [service('it', { statusWriter: 'berth' })] });
  strip(world, 'annotation', 3);
  assert.match(world.message('it'), /^Somebody else keeps replacing/);
});
