/** BFD between speakers: what counts as lost, and when. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { BfdSessions, BfdStateChange } from '../../../src/bfd/sessions.ts';
import type { BfdSessionSpec } from '../../../src/bfd/settings.ts';
import type { BfdSessionState, BfdStatus } from '../../../src/bfd/status.ts';
import type { Address } from '../../../src/net/address.ts';
import {
  FULL_MESH_MAX,
  SILENCE_GRACE,
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
      ...{ clock, sessions: bfd, node: 'n1', port: 7946, authentication: null },
      changed: () => changes++,
      linkChanged: () => {},
    });
    links.setSpeakers(address(1), [
      { node: 'n2', address: address(2), wasLinked: false },
      { node: 'n3', address: address(3), wasLinked: false },
    ]);
  });

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
    assert.deepEqual([links.verdicts, links.lost, links.isAlone, changes], [[], [], false, 0]);
  });

  it('lose a speaker that had a session with an earlier process, and gets none', () => {
    const others = [{ node: 'n2', address: address(2), wasLinked: true }];
    links.setSpeakers(address(1), others);
    clock.advance(START_GRACE - 1);
    assert.deepEqual([links.verdicts, [...links.lostFor(0)]], [[], []]);
    const before = changes;
    clock.advance(1);
    assert.ok(changes > before);
    assert.deepEqual(links.verdicts, [{ watcher: 'n1', node: 'n2', isUp: false }]);
    assert.deepEqual([[...links.lostFor(0)], links.lost, links.isAlone], [['n2'], [], false]);
    bfd.becomes('n2', 'Up');
    assert.deepEqual([links.verdicts, links.linked], [[{ watcher: 'n1', node: 'n2', isUp: true }], ['n2']]);
    assert.deepEqual([...links.lostFor(0)], []);
  });

  it('lose a speaker that was heard, and count it as silent after the grace', () => {
    bfd.becomes('n2', 'Up');
    assert.deepEqual(links.verdicts, [{ watcher: 'n1', node: 'n2', isUp: true }]);
    bfd.becomes('n2', 'Down');
    assert.deepEqual(links.verdicts, [{ watcher: 'n1', node: 'n2', isUp: false }]);
    assert.deepEqual([links.lost, [...links.lostFor(SILENCE_GRACE)], links.isAlone], [['n2'], [], true]);
    const before = changes;
    clock.advance(SILENCE_GRACE);
    assert.deepEqual([...links.lostFor(SILENCE_GRACE)], ['n2']);
    assert.equal(changes, before + 1);
    bfd.becomes('n2', 'Up');
    assert.deepEqual([links.lost, [...links.lostFor(SILENCE_GRACE)], links.isAlone], [[], [], false]);
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
    links.setSpeakers(address(1), [{ node: 'n3', address: address(3), wasLinked: false }]);
    assert.deepEqual([links.verdicts, links.lost], [[], []]);
  });

  it('are none in a cluster with too many speakers for a full mesh', () => {
    const many = Array.from({ length: FULL_MESH_MAX }, (_, index) => ({
      ...{ node: `x${index}`, address: address(index + 10), wasLinked: false },
    }));
    links.setSpeakers(address(1), many);
    assert.deepEqual(bfd.specs, []);
  });

  it('end with the process', async () => {
    await links.stop();
    assert.equal(bfd.isStopped, true);
  });
});
