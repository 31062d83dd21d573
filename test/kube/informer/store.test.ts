import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Store } from '../../../src/kube/informer/store.ts';
import { compareResourceVersions } from '../../../src/kube/resource-version.ts';
import { type Random, underSeeds } from '../../support/random.ts';

type Thing = { readonly name: string; readonly uid: string; readonly resourceVersion: string };

const makeObject = (name: string, version: number, uid = `${name}-1`): Thing => ({
  name,
  uid,
  resourceVersion: String(version),
});

const storeOf = (...items: Thing[]): Store<Thing> => {
  const store = new Store<Thing>(({ name }) => name);
  store.replace(items, '10');
  return store;
};

describe('versions', () => {
  const rows: readonly [a: string, b: string, order: number][] = [
    ['9', '10', -1],
    ['10', '9', 1],
    ['10', '10', 0],
    ['90071992547409931', '90071992547409930', 1],
    ['', '1', -1],
  ];
  for (const [a, b, order] of rows) {
    it(`"${a}" to "${b}" is ${order}`, () => assert.equal(Math.sign(compareResourceVersions(a, b)), order));
  }
});

describe('a store', () => {
  it('takes newer states, and ignores older or equal ones', () => {
    const store = storeOf(makeObject('a', 5));
    assert.equal(store.applyWatchEvent(makeObject('a', 11)), true);
    assert.equal(store.applyWatchEvent(makeObject('a', 11)), false);
    assert.equal(store.applyWatchEvent(makeObject('a', 7)), false);
    assert.equal(store.get('a')?.resourceVersion, '11');
  });

  it('keeps the response to a write against a watch that lags behind', () => {
    const store = storeOf(makeObject('a', 5));
    assert.equal(store.applyResponse(makeObject('a', 20)), true);
    assert.equal(store.applyWatchEvent(makeObject('a', 15)), false);
    assert.deepEqual(store.replace([makeObject('a', 15)], '16'), []);
    assert.equal(store.get('a')?.resourceVersion, '20');
  });

  it('does not restore a deleted object by a late response or event', () => {
    const store = storeOf(makeObject('a', 5));
    assert.equal(store.applyWatchDeletion(makeObject('a', 30)), true);
    assert.equal(store.applyResponse(makeObject('a', 25)), false);
    assert.equal(store.applyWatchEvent(makeObject('a', 12)), false);
    assert.equal(store.size, 0);
  });

  it('restores an object that a list left out, by a read that shows it', () => {
    const store = storeOf(makeObject('a', 5), makeObject('b', 6));
    assert.deepEqual(store.replace([makeObject('b', 6)], '12'), ['a']);
    assert.equal(store.applyResponse(makeObject('a', 5)), false, 'an answer may be older than the list');
    assert.equal(store.exists(makeObject('a', 5)), true);
    assert.equal(store.get('a')?.resourceVersion, '5');
    assert.deepEqual(store.replace([makeObject('a', 5), makeObject('b', 6)], '13'), []);
    assert.deepEqual(store.replace([makeObject('b', 6)], '14'), ['a'], 'a later list decides again');
  });

  it('takes a later object of the same name', () => {
    const store = storeOf(makeObject('a', 5));
    store.applyWatchDeletion(makeObject('a', 30));
    assert.equal(store.applyWatchEvent(makeObject('a', 31, 'a-2')), true);
  });

  it('takes an object again that had only stopped matching the selectors', () => {
    const store = storeOf(makeObject('a', 5));
    store.applyWatchDeletion(makeObject('a', 30));
    assert.equal(store.applyWatchEvent(makeObject('a', 40)), true);
  });

  it('keeps a newer object when its predecessor is deleted', () => {
    const store = storeOf(makeObject('a', 5));
    store.applyResponse(makeObject('a', 40, 'a-2'));
    assert.equal(store.applyWatchDeletion(makeObject('a', 30)), false);
    assert.equal(store.get('a')?.uid, 'a-2');
  });

  it('removes an object by a response before the watch reports it', () => {
    const store = storeOf(makeObject('a', 5));
    assert.equal(store.deleted('a', 'a-1'), true);
    assert.equal(store.applyWatchEvent(makeObject('a', 11)), false);
    assert.deepEqual(store.replace([makeObject('a', 11)], '11'), []);
    assert.equal(store.applyWatchDeletion(makeObject('a', 12)), false);
    assert.equal(store.deleted('a', 'a-1'), false);
    assert.equal(store.size, 0);
  });

  it('returns the keys that a list added, changed or removed', () => {
    const store = storeOf(makeObject('same', 5), makeObject('old', 5), makeObject('vanished', 5));
    const changed = store.replace(
      [makeObject('same', 5), makeObject('old', 11), makeObject('new', 12)],
      '12',
    );
    assert.deepEqual(changed.sort(), ['new', 'old', 'vanished']);
    assert.deepEqual([...store.values()].map(({ name }) => name).sort(), ['new', 'old', 'same']);
  });

  it('is replaced when the server went back to older versions', () => {
    const store = storeOf(makeObject('kept', 5), makeObject('lost', 9));
    store.applyWatchEvent(makeObject('kept', 100));
    assert.deepEqual(store.replace([makeObject('kept', 5)], '6').sort(), ['kept', 'lost']);
    assert.equal(store.get('kept')?.resourceVersion, '5');
    assert.equal(store.applyWatchEvent(makeObject('kept', 7)), true);
  });
});

/** Simulates a server whose watch lags, repeats events and is replaced by lists, and whose responses come in any order. */
function simulate(random: Random): void {
  const names = ['a', 'b', 'c'];
  const server = new Map<string, Thing>();
  const log: { readonly type: 'set' | 'del'; readonly item: Thing }[] = [];
  const answers: (() => void)[] = [];
  const store = new Store<Thing>(({ name }) => name);
  let version = 10;
  let uids = 0;
  let delivered = 0;
  store.replace([], '10');

  const change = (): void => {
    const name = random.pick(names);
    const current = server.get(name);
    version += 1 + random.below(3);
    if (current !== undefined && random.chance(0.3)) {
      server.delete(name);
      log.push({ type: 'del', item: { ...current, resourceVersion: String(version) } });
      if (random.chance(0.5)) answers.push(() => void store.deleted(name, current.uid));
      return;
    }
    const item = makeObject(name, version, current?.uid ?? `uid-${++uids}`);
    server.set(name, item);
    log.push({ type: 'set', item });
    if (random.chance(0.5)) answers.push(() => void store.applyResponse(item));
  };
  const deliver = (index: number): void => {
    const entry = log[index];
    if (entry?.type === 'set') store.applyWatchEvent(entry.item);
    else if (entry !== undefined) store.applyWatchDeletion(entry.item);
  };
  const step = (): void => {
    const what = random.below(10);
    if (what < 4) change();
    else if (what < 7 && delivered < log.length) deliver(delivered++);
    else if (what < 8 && delivered > 0) deliver(delivered - 1 - random.below(Math.min(delivered, 3)));
    else if (what < 9 && answers.length > 0) answers.splice(random.below(answers.length), 1)[0]?.();
    else if (random.chance(0.2)) {
      store.replace([...server.values()], String(version));
      delivered = log.length;
    }
  };

  const highest = new Map<string, string>();
  for (let steps = 0; steps < 200; steps++) {
    step();
    for (const { uid, resourceVersion } of store.values()) {
      const before = highest.get(uid) ?? '0';
      assert.ok(
        compareResourceVersions(resourceVersion, before) >= 0,
        `${uid} went back from ${before} to ${resourceVersion}`,
      );
      highest.set(uid, resourceVersion);
    }
  }
  while (delivered < log.length) deliver(delivered++);
  for (const answer of answers) answer();
  assert.deepEqual(
    [...store.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    [...server.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

it('a store converges to the state of the server, whatever the order of events, and no object goes backwards', () => {
  underSeeds(300, 20_000, simulate);
});
