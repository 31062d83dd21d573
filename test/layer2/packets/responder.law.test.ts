/** Laws about histories: random tables, interfaces, frames and waits, against the simplest model of what is owned. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { OwnedAddress, WireInterface } from '../../../src/layer2/packets/layer2-wire.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { ASKER, arp, OTHER, solicitation } from './support/frames.ts';
import { eth, owned, WireStory } from './support/wire-story.ts';

const ADDRESSES = ['192.0.2.10', '192.0.2.11', '2001:db8::10', '2001:db8::11', '2001:db8:1::10'];
const STEPS = 150;

const randomTable = (random: Random): OwnedAddress[] =>
  ADDRESSES.filter(() => random.chance(0.6)).map((text) =>
    owned(text, {
      interfaces: random.pick([null, null, ['eth0'], ['eth1'], []]),
      isProbed: random.chance(0.3),
    }),
  );

const randomInterfaces = (random: Random): WireInterface[] =>
  [eth(0), eth(1)]
    .filter(() => random.chance(0.8))
    .map((one) => ({ ...one, families: { 4: random.chance(0.9), 6: random.chance(0.9) } }));

it('only owned addresses are answered for and announced, where they may be; groups are joined as needed', () => {
  underSeeds(30, 2000, (random) => {
    let interfaces: readonly WireInterface[] = [eth(0)];
    let table: readonly OwnedAddress[] = [];
    const wire = new WireStory(interfaces);
    const joined = new Map<string, number>();
    const mayUse = (text: string, name: string): boolean =>
      table.some(
        (one) =>
          formatAddress(one.address) === text &&
          (one.interfaces === null || one.interfaces.includes(name)) &&
          interfaces.some((other) => other.name === name && other.families[one.address.family]),
      );
    const check = (lines: readonly string[]): void => {
      for (const line of lines) {
        const [, name = '', address = ''] =
          /^(eth\d): .* (?:reply|request) ([\d.]+) is/.exec(line) ??
          /^(eth\d): .* NA ([\da-f:]+) >/.exec(line) ??
          [];
        if (address !== '' && address !== '0.0.0.0') assert.ok(mayUse(address, name), line);
        const [, verb, group = ''] = /^(join|leave) (.*)$/.exec(line) ?? [];
        if (verb !== undefined) joined.set(group, (joined.get(group) ?? 0) + (verb === 'join' ? 1 : -1));
      }
    };
    for (let step = 0; step < STEPS; step++) {
      const action = random.below(6);
      if (action === 0) {
        table = randomTable(random);
        wire.own(...table);
      } else if (action === 1) {
        interfaces = randomInterfaces(random);
        wire.setInterfaces(interfaces);
      } else if (action === 2) wire.run(random.pick([1, 50, 300, 1000, 5000, 70_000]));
      else if (action === 3) wire.responder.setSpeakers(random.pick([[], [OTHER], [ASKER, OTHER]]), wire.now);
      else {
        const text = random.pick(ADDRESSES);
        const sender = random.chance(0.3) ? { from: OTHER, sender: text, source: text } : {};
        const frame = text.includes(':')
          ? solicitation({ target: text, ...sender })
          : arp({ target: text, ...sender });
        check(wire.receive(frame, random.below(2)));
      }
      check(wire.take());
      assert.ok([...joined.values()].every((count) => count === 0 || count === 1));
    }
    wire.own();
    check(wire.take());
    assert.ok(
      [...joined.values()].every((count) => count === 0),
      'a group stays joined',
    );
    wire.run(1_000_000);
    assert.deepEqual(wire.take(), []);
  });
});

it('after a quiet time, everything that may be answered for is', () => {
  underSeeds(30, 2000, (random) => {
    const wire = new WireStory([eth(0)]);
    const table = randomTable(random);
    for (let count = random.below(5); count > 0; count--) {
      wire.own(...randomTable(random));
      wire.run(random.below(500));
    }
    wire.own(...table);
    wire.run(1000);
    wire.take();
    for (const text of ADDRESSES) {
      const mine = table.find(({ address }) => formatAddress(address) === text);
      const may = mine !== undefined && (mine.interfaces === null || mine.interfaces.includes('eth0'));
      const frame = text.includes(':') ? solicitation({ target: text }) : arp({ target: text });
      assert.equal(wire.receive(frame).length, may ? 1 : 0, text);
    }
  });
});
