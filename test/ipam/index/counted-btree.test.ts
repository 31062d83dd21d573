import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AddressKey,
  type AddressSpace,
  ipv4Space,
  ipv6Space,
} from '../../../src/ipam/index/address-space.ts';
import { CountedBTree } from '../../../src/ipam/index/counted-btree.ts';
import { lowestFree } from '../../../src/ipam/index/lowest-free.ts';
import { type Random, underSeeds } from '../../support/random.ts';

const UNIVERSE = 4_000; // keys; enough for a tree of three levels
const STEPS = 3_000;

/** Inserts and removes runs and single keys, so that nodes split, become empty and merge. */
function compareWithFlags<K extends AddressKey>(space: AddressSpace<K>, random: Random, base: K): void {
  const tree = new CountedBTree<K, number>(space);
  const flags = new Uint8Array(UNIVERSE + 1);
  const key = (index: number): K => space.plus(base, index);
  const set = (index: number, present: boolean): void => {
    if (flags[index] === Number(present)) return;
    flags[index] = Number(present);
    if (present) assert.equal(tree.insert(key(index), index), undefined);
    else tree.remove(key(index));
  };
  for (let step = 0; step < STEPS; step++) {
    const [from, length] = [random.below(UNIVERSE), random.chance(0.02) ? random.below(900) : 1];
    const present = random.chance(step < STEPS / 2 ? 0.7 : 0.35);
    for (let index = from; index < Math.min(UNIVERSE, from + length); index++) set(index, present);
    const probe = random.below(UNIVERSE);
    assert.equal(tree.get(key(probe)), flags[probe] === 1 ? probe : undefined);
    assert.equal(lowestFree(tree, space, key(probe)), key(flags.indexOf(0, probe)));
    const next = flags.indexOf(1, probe);
    assert.equal(tree.atOrAfter(key(probe)), next < 0 ? undefined : key(next));
    const after = flags.indexOf(1, probe + 1);
    assert.equal(tree.after(key(probe)), after < 0 ? undefined : key(after));
    assert.equal(
      tree.countBelow(key(probe)),
      flags.subarray(0, probe).reduce((a, b) => a + b, 0),
    );
  }
  const all = [...flags.keys()].filter((index) => flags[index] === 1);
  assert.deepEqual(
    [...tree.entries()],
    all.map((index) => [key(index), index]),
  );
  assert.equal(tree.size, all.length);
  for (const index of all) tree.remove(key(index));
  assert.deepEqual([...tree.entries()], []);
}

test('the tree agrees with an array of flags, with number keys', () => {
  underSeeds(4, 100, (random) => compareWithFlags(ipv4Space, random, ipv4Space.toKey(0x7fff_f800n)));
});

test('the tree agrees with an array of flags, with BigInt keys', () => {
  underSeeds(4, 100, (random) => compareWithFlags(ipv6Space, random, 2n ** 64n - 2_000n));
});

test('insert leaves an existing key as it is', () => {
  const tree = new CountedBTree<number, string>(ipv4Space);
  for (let i = 0; i < 1_000; i++) tree.insert(i, `first ${i}`);
  assert.equal(tree.insert(500, 'second'), 'first 500');
  assert.equal(tree.get(500), 'first 500');
  assert.equal(tree.size, 1_000);
  assert.equal(tree.countBelow(1_000), 1_000);
  tree.replace(500, 'second');
  assert.equal(tree.get(500), 'second');
});

test('to remove or replace a missing key throws', () => {
  const tree = new CountedBTree<number, true>(ipv4Space);
  tree.insert(1, true);
  assert.throws(() => tree.remove(2), /missing key/);
  assert.throws(() => tree.replace(2, true), /missing key/);
});

test('ascending keys leave full nodes behind', () => {
  const tree = new CountedBTree<number, true>(ipv4Space);
  for (let i = 0; i < 100_000; i++) tree.insert(i, true);
  let leaves = 0;
  const visit = (node: typeof tree.root): void => {
    if (node.values !== null) leaves++;
    for (const child of node.children) visit(child);
  };
  visit(tree.root);
  assert.ok(leaves < 100_000 / 60, `${leaves} leaves`);
});

test('a tree emptied from one end keeps no empty nodes', () => {
  const tree = new CountedBTree<number, true>(ipv4Space);
  for (let i = 0; i < 50_000; i++) tree.insert(i, true);
  for (let i = 0; i < 49_990; i++) tree.remove(i);
  let nodes = 0;
  const visit = (node: typeof tree.root): void => {
    nodes++;
    for (const child of node.children) visit(child);
  };
  visit(tree.root);
  assert.ok(nodes < 10, `${nodes} nodes for ten keys`);
});
