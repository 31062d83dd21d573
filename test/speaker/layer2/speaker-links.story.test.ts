/** BFD between speakers: what counts as lost, and when. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { BfdSessions, BfdStateChange } from '../../../src/bfd/sessions.ts';
import type { BfdSessionSpec } from '../../../src/bfd/settings.ts';
import type { BfdSessionState, BfdStatus } from '../../../src/bfd/status.ts';
import type { Address } from '../../../src/net/address.ts';
import {
  LINGER,
  type LinkedSpeaker,
  SpeakerLinks,
  START_GRACE,
} from '../../../src/speaker/layer2/speaker-links.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const address = (last: number): Address => ({ family: 4, bits: 0x0a000000n + BigInt(last) });

class FakeBfd implements BfdSessions {
  specs: readonly BfdSessionSpec[] = [];
  isStopped = false;
  #listener: (change: BfdStateChange) => void = () => {};

  apply(specs: readonly BfdSessionSpec[]): void {
    this.specs = specs;
  }
  statuses(): readonly BfdStatus[] {
    return [];
  }
  onChange(listener: (change: BfdStateChange) => void): () => void {
    this.#listener = listener;
    return () => {};
  }
  async stop(): Promise<void> {
    this.isStopped = true;
  }
  becomes(key: string, state: BfdSessionState, remoteState: BfdSessionState = state): void {
    const status: BfdStatus = {
      ...{ key, state, remoteState, diagnostic: 'none', remoteDiagnostic: 'none', since: 0, problem: null },
      ...{ localDiscriminator: 1, remoteDiscriminator: 1, transmitInterval: 0, detectionTime: 0 },
      remoteMultiplier: 3,
      counters: {
        ...{ packetsSent: 0, packetsReceived: 0, packetsDiscarded: 0, authenticationFailures: 0 },
        ...{ sendErrors: 0, upEvents: 0, downEvents: 0 },
      },
    };
    this.#listener({ from: 'Down', status });
  }
}

/** The speaker of node n2 has the address 10.0.0.2. */
const speaker = (node: string, fields: Partial<LinkedSpeaker> = {}): LinkedSpeaker => ({
  ...{ node, address: address(Number(node.slice(1))), isNeighbour: true, wasLinked: false },
  ...fields,
});

describe('links to other speakers', () => {
  let clock: FakeClock;
  let bfd: FakeBfd;
  let links: SpeakerLinks;
  let changes: number;

  beforeEach(() => {
    clock = new FakeClock();
    bfd = new FakeBfd();
    changes = 0;
    links = new SpeakerLinks({
      ...{ clock, sessions: bfd, node: 'n1', port: 7946, authentication: () => null },
      changed: () => changes++,
      linkChanged: () => {},
    });
    links.setSpeakers(address(1), [speaker('n2'), speaker('n3')]);
  });

  const losses = (): readonly string[] => links.losses.map(({ node, since }) => `${node} at ${since}`);

  it('are sessions over several hops from the own address, one with each', () => {
    assert.deepEqual(
      bfd.specs.map(({ key, multihop, port, local }) => [key, multihop, port, local]),
      [
        ['n2', true, 7946, address(1)],
        ['n3', true, 7946, address(1)],
      ],
    );
  });

  it('say nothing about a speaker that was never heard', () => {
    bfd.becomes('n2', 'Down');
    assert.deepEqual([losses(), links.linked, links.isAlone, changes], [[], [], false, 0]);
  });

  it('lose a speaker that had a session with an earlier process, and gets none', () => {
    links.setSpeakers(address(1), [speaker('n2', { wasLinked: true })]);
    clock.advance(START_GRACE - 1);
    assert.deepEqual(losses(), []);
    const before = changes;
    clock.advance(1);
    assert.ok(changes > before);
    assert.deepEqual([losses(), links.lost, links.isAlone], [[`n2 at ${START_GRACE}`], ['n2'], false]);
    bfd.becomes('n2', 'Up');
    assert.deepEqual([losses(), links.linked, links.lost], [[], ['n2'], []]);
  });

  it('lose a speaker that was heard, until it is heard again', () => {
    bfd.becomes('n2', 'Up');
    assert.deepEqual([losses(), links.linked, links.isAlone], [[], ['n2'], false]);
    clock.advance(700);
    bfd.becomes('n2', 'Down');
    assert.deepEqual([losses(), links.lost, links.isAlone], [['n2 at 700'], ['n2'], true]);
    bfd.becomes('n2', 'Up');
    assert.deepEqual([losses(), links.lost, links.isAlone, changes], [[], [], false, 3]);
  });

  it('lose a speaker that says AdminDown', () => {
    bfd.becomes('n2', 'Up');
    bfd.becomes('n2', 'Down', 'AdminDown');
    assert.deepEqual(links.lost, ['n2']);
  });

  it('are not alone while one is heard', () => {
    bfd.becomes('n2', 'Up');
    bfd.becomes('n3', 'Up');
    bfd.becomes('n2', 'Down');
    assert.equal(links.isAlone, false);
  });

  it('forget a speaker that is published no more', () => {
    bfd.becomes('n2', 'Up');
    bfd.becomes('n2', 'Down');
    links.setSpeakers(address(1), [speaker('n3')]);
    assert.deepEqual([losses(), links.linked, bfd.specs.map(({ key }) => key)], [[], [], ['n3']]);
  });

  describe('to a speaker that is watched by others now', () => {
    const unwanted = (): void =>
      links.setSpeakers(address(1), [speaker('n2', { isNeighbour: false }), speaker('n3')]);
    const sessions = (): readonly string[] => bfd.specs.map(({ key }) => key);

    beforeEach(() => {
      bfd.becomes('n2', 'Up');
      bfd.becomes('n3', 'Up');
      unwanted();
    });

    it('go on for a while, since the other end may learn of it later', () => {
      assert.deepEqual([sessions(), links.linked], [['n2', 'n3'], ['n3']]);
      const before = changes;
      clock.advance(LINGER);
      assert.ok(changes > before, 'somebody is to look again');
      unwanted();
      assert.deepEqual(sessions(), ['n3']);
    });

    it('are no loss when the other end ends first', () => {
      bfd.becomes('n2', 'Down', 'AdminDown');
      assert.deepEqual([losses(), links.lost], [[], []]);
    });

    it('begin anew when the other end ended first, and it is to be watched again meanwhile', () => {
      bfd.becomes('n2', 'Down', 'AdminDown');
      const again = (): void => links.setSpeakers(address(1), [speaker('n2'), speaker('n3')]);
      again();
      assert.deepEqual([losses(), links.lost, links.linked], [[], [], ['n3']]);
      bfd.becomes('n2', 'Up');
      clock.advance(LINGER);
      again();
      assert.deepEqual(
        [sessions(), links.linked],
        [
          ['n2', 'n3'],
          ['n2', 'n3'],
        ],
      );
    });

    it('still show that this speaker is not cut off', () => {
      bfd.becomes('n3', 'Down');
      assert.equal(links.isAlone, false);
    });

    it('stay when it is to be watched again meanwhile', () => {
      links.setSpeakers(address(1), [speaker('n2'), speaker('n3')]);
      clock.advance(LINGER);
      links.setSpeakers(address(1), [speaker('n2'), speaker('n3')]);
      assert.deepEqual(
        [sessions(), links.linked],
        [
          ['n2', 'n3'],
          ['n2', 'n3'],
        ],
      );
    });
  });

  it('are none to a speaker with an address of the other family', () => {
    links.setSpeakers(address(1), [speaker('n2', { address: { family: 6, bits: 1n } })]);
    assert.deepEqual(bfd.specs, []);
  });

  it('end with the process', async () => {
    await links.stop();
    assert.equal(bfd.isStopped, true);
  });
});
