/** What every implementation of the port does: the simulated wire of tests, and the real one in a network namespace. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { WireEvent } from '../../../src/layer2/packets/layer2-wire.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { advertisement, arp, describeFrame, OTHER, solicitation } from '../packets/support/frames.ts';
import { eth, owned } from '../packets/support/wire-story.ts';
import { SimulatedWire } from '../support/simulated-wire.ts';
import { HOST_MAC, WireBed } from './support/wire-bed.ts';
import type { ProgramCommand } from './support/wire-program.ts';

/** A wire and a host on its segment. */
type Subject = {
  readonly send: (command: ProgramCommand) => void;
  /** The host sends a frame. */
  readonly hostSends: (frame: Uint8Array) => void;
  /** Waits for a frame at the host. */
  readonly frame: (pattern: RegExp) => Promise<unknown>;
  /** Waits for an event, and returns what it says of these fields. */
  readonly event: (kind: WireEvent['kind'], ...fields: readonly string[]) => Promise<readonly unknown[]>;
};

function contract(start: (test: TestContext) => Promise<Subject>): void {
  it('answers for what is owned, tells of claims, defends, refuses what others have, and falls silent', async (test) => {
    const { send, hostSends, frame, event } = await start(test);
    send({ kind: 'own', table: [{ address: '192.0.2.10' }, { address: '2001:db8::10' }] });
    assert.deepEqual(await event('answering', 'address', 'interface'), ['192.0.2.10', 'eth0']);
    assert.deepEqual(await event('answering', 'address', 'interface'), ['2001:db8::10', 'eth0']);
    hostSends(arp({ from: HOST_MAC }));
    await frame(/reply 192\.0\.2\.10 is 02:00:00:00:00:aa, to 192\.0\.2\.1 at/);
    hostSends(solicitation({ from: HOST_MAC }));
    await frame(/NA 2001:db8::10 > fe80::1 .* \[SO\]/);

    hostSends(arp({ from: OTHER, sender: '192.0.2.10' }));
    const claim = ['address', 'interface', 'mac', 'isSpeaker', 'isAnnouncement'];
    assert.deepEqual(await event('claimed', ...claim), ['192.0.2.10', 'eth0', OTHER, false, true]);
    send({ kind: 'defend', address: '192.0.2.10', interface: 'eth0' });
    await frame(/request 192\.0\.2\.10 is 02:00:00:00:00:aa, to 192\.0\.2\.10/);
    send({ kind: 'speakers', macs: [HOST_MAC] });
    send({
      kind: 'own',
      table: [{ address: '192.0.2.10' }, { address: '2001:db8::10' }, { address: '192.0.2.11' }],
    });
    await event('answering'); // now the speakers are known
    hostSends(advertisement({ from: HOST_MAC }));
    assert.deepEqual(await event('claimed', ...claim), ['2001:db8::10', 'eth0', HOST_MAC, true, true]);

    send({ kind: 'own', table: [{ address: '192.0.2.50', isProbed: true }] });
    await frame(/request 0\.0\.0\.0 is 02:00:00:00:00:aa, to 192\.0\.2\.50/);
    hostSends(arp({ from: OTHER, sender: '192.0.2.50', target: '192.0.2.50' }));
    assert.deepEqual(await event('refused', 'address', 'mac'), ['192.0.2.50', OTHER]);
    send({ kind: 'own', table: [{ address: '192.0.2.51', isProbed: true }] });
    assert.deepEqual(await event('answering', 'address'), ['192.0.2.51']);

    send({ kind: 'exclude', patterns: ['^eth0$'] });
    assert.deepEqual(await event('interfaces', 'interfaces'), [[]]);
  });
}

describe('the simulated wire', () => {
  contract(async () => {
    const clock = new FakeClock();
    const [events, frames]: [WireEvent[], string[]] = [[], []];
    const options = { suspendedAfter: 600, excluded: [], onEvent: (event: WireEvent) => events.push(event) };
    const wire = new SimulatedWire(options, [eth(0)], clock, (_, bytes) => frames.push(describeFrame(bytes)));
    const take = async <T>(from: T[], isWanted: (one: T) => boolean): Promise<T> => {
      for (let waited = 0; waited < 20_000; waited += 10) {
        const index = from.findIndex(isWanted);
        if (index >= 0) {
          const [found] = from.splice(0, index + 1).slice(-1);
          if (found !== undefined) return found;
        }
        clock.advance(10);
      }
      return assert.fail('it never comes');
    };
    return {
      send: (command) => perform(wire, command),
      hostSends: (frame) => wire.receive(2, frame),
      frame: (pattern) => take(frames, (text) => pattern.test(text)),
      event: async (kind, ...fields) => {
        const event: Readonly<Record<string, unknown>> = await take(events, (one) => one.kind === kind);
        return fields.map((field) => (field === 'address' ? textOf(event[field]) : event[field]));
      },
    };
  });
});

const textOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'family' in value && 'bits' in value
    ? formatAddress(value as Parameters<typeof formatAddress>[0])
    : value;

function perform(wire: SimulatedWire, command: ProgramCommand): void {
  if (command.kind === 'own')
    wire.setOwned(command.table.map(({ address, isProbed = false }) => owned(address, { isProbed })));
  else if (command.kind === 'speakers') wire.setSpeakers(command.macs);
  else if (command.kind === 'exclude') wire.setExcluded(command.patterns);
  else if (command.kind === 'defend') wire.defend(owned(command.address).address, command.interface);
  else assert.fail(`the contract has no ${command.kind}`);
}

describe('the real wire', { skip: skipWithoutNetworkBinaries(), timeout: 240_000 }, () => {
  contract(async (test) => {
    const bed = new WireBed(test);
    const [wire, host] = await Promise.all([bed.startWire(), bed.startHost()]);
    return {
      send: (command) => wire.send(command),
      hostSends: (frame) => host.send(frame),
      frame: (pattern) => host.frame(pattern),
      event: async (kind, ...fields) => {
        const event = await wire.event(kind);
        return fields.map((field) => event[field]);
      },
    };
  });
});
