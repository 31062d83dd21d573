/** The status document of a node: its content, and how often it is written. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { root } from '../../../dev/place.mjs';
import type { StateName } from '../../../src/bgp/session/session.ts';
import type { Family } from '../../../src/net/address.ts';
import { silentLog } from '../../../src/observe/log.ts';
import type { RequestOutcome } from '../../../src/runtime/ports.ts';
import type { PeerBfd } from '../../../src/speaker/bfd/bfd-peers.ts';
import { NOTHING_ANNOUNCED } from '../../../src/speaker/status/announced-services.ts';
import {
  finalStatus,
  LAST_ERROR_MAX,
  type NodeStatus,
  type NodeStatusDocument,
  nodeStatusDocument,
  readPreviousRun,
  SESSIONS_MAX,
  SessionStatusTracker,
  type StatusNeighbour,
} from '../../../src/speaker/status/node-status.ts';
import { NODE_STATUS_INTERVAL, NodeStatusWriter } from '../../../src/speaker/status/node-status-writer.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { newBfdStatus } from '../support/fake-bfd-sessions.ts';

class FakeNeighbour implements StatusNeighbour {
  readonly peer: { readonly name: string };
  readonly label = '10.0.0.1:179';
  readonly unadvertisable: StatusNeighbour['unadvertisable'] = { count: () => 0 };
  readonly session: { state: StateName; counters: { lastError: { message: string; at: number } | null } } = {
    state: 'Idle',
    counters: { lastError: null },
  };
  readonly rib = {
    counts: (of: Family) => ({
      desired: of === 4 ? 2 : 0,
      advertised: 1,
      pending: 0,
      unsendable: 0,
      notCarried: 0,
    }),
  };

  constructor(name: string) {
    this.peer = { name };
  }
}

function setUp() {
  const clock = new FakeClock();
  const sessions = new SessionStatusTracker(clock);
  const all = [new FakeNeighbour('tor2'), new FakeNeighbour('tor')];
  const bfd = new Map<string, PeerBfd>();
  const announced = { services: 1, prefixes: 1, digest: 'one' };
  const state = { phase: 'speaking' as NodeStatus['phase'], announced };
  const written: NodeStatusDocument[] = [];
  const times: number[] = [];
  const outcomes: RequestOutcome<void>[] = [];
  const server = { onWrite: (): void => {} };
  const currentStatus = (): NodeStatus => ({
    node: 'w1',
    pod: 'speaker-1',
    ...{ ignoreExcludeLabel: false, layer2: null },
    ...state,
    sessions: sessions.statusesOf(all, { of: (peer) => bfd.get(peer) ?? null }),
  });
  const status = new NodeStatusWriter({
    ...{ clock, random: () => 0.5, log: silentLog, status: currentStatus },
    api: {
      async write(document) {
        times.push(clock.now());
        server.onWrite();
        const answer = outcomes.shift() ?? { kind: 'done', value: undefined };
        if (answer.kind === 'done') written.push(document);
        return answer;
      },
    },
  });
  const last = (): NodeStatusDocument => {
    const document = written.at(-1);
    assert.ok(document);
    return document;
  };
  return { clock, all, bfd, state, written, times, outcomes, server, currentStatus, status, last };
}

describe('its content', () => {
  it('has the BFD of a session that has one, and not its states on the way up', () => {
    const { bfd, currentStatus } = setUp();
    const states = (['Down', 'Init', 'Up', 'AdminDown'] as const).map((state) => {
      bfd.set('tor', {
        profile: 'fast',
        multihop: false,
        minimumTtl: 254,
        status: { ...newBfdStatus('tor'), state },
      });
      return currentStatus().sessions.map((one) => one.bfd);
    });
    assert.deepEqual(states, [
      ['Down', undefined],
      ['Down', undefined],
      ['Up', undefined],
      ['Down', undefined],
    ]);
  });

  it('lists each session with its state, since when, and its prefixes', async () => {
    const { clock, all, currentStatus } = setUp();
    currentStatus();
    const [, tor] = all;
    await clock.advanceAsync(60_000);
    if (tor !== undefined) tor.session.state = 'Established';
    const [first, second] = currentStatus().sessions;
    assert.deepEqual(first, {
      peer: 'tor',
      address: '10.0.0.1:179',
      state: 'Established',
      since: '2026-01-01T00:01:00Z',
      lastError: null,
      ipv4: { wanted: 2, told: 1, refused: 0 },
      ipv6: { wanted: 0, told: 1, refused: 0 },
    });
    assert.deepEqual([second?.state, second?.since], ['Down', '2026-01-01T00:00:00Z']);
  });

  it('is read back for the announcements of the previous run', () => {
    const { currentStatus } = setUp();
    assert.deepEqual(readPreviousRun(nodeStatusDocument(currentStatus(), 0)), { services: 1, digest: 'one' });
    for (const document of [null, 'text', {}, [], { announced: { services: '1' } }])
      assert.equal(readPreviousRun(document), null, JSON.stringify(document));
  });

  it('is final on stop: which peers retain the routes, or nothing announced after a drain', () => {
    const { currentStatus } = setUp();
    const bridged = new Set(['tor']);
    const ending = { bridged, wall: Date.UTC(2026, 0, 1) };
    const stopped = finalStatus(currentStatus(), { ...ending, isDraining: false });
    assert.deepEqual(
      [stopped.phase, stopped.announced.services, stopped.sessions.map(({ state }) => state)],
      ['stopped', 1, ['Bridged', 'Down']],
    );
    assert.deepEqual(
      stopped.sessions.map(({ until }) => until),
      ['2026-01-01T00:02:00Z', undefined],
    );
    const left = finalStatus(currentStatus(), { ...ending, isDraining: true });
    assert.deepEqual(
      [left.phase, left.announced, left.sessions.map(({ state }) => state)],
      ['left', NOTHING_ANNOUNCED, ['Down', 'Down']],
    );
  });
});

describe('its size', () => {
  it('is limited: a thousand sessions, all of them counted, and the beginning of an error', () => {
    const { all, currentStatus } = setUp();
    for (let index = 0; index < SESSIONS_MAX; index++) all.push(new FakeNeighbour(`z${index}`));
    for (const { session } of all) {
      session.state = 'Established';
      session.counters.lastError = { message: 'x'.repeat(1000), at: 0 };
    }
    const { sessions, sessionCounts } = nodeStatusDocument(currentStatus(), 0);
    assert.equal(sessions.length, SESSIONS_MAX);
    assert.deepEqual(sessionCounts, { all: SESSIONS_MAX + 2, established: SESSIONS_MAX + 2 });
    assert.equal(sessions[0]?.lastError?.length, LAST_ERROR_MAX);
  });

  it('is the limit of the schema', () => {
    const crd = parse(readFileSync(join(root, 'deploy/crds/speakerstatuses.yaml'), 'utf8'));
    const { sessions } = crd.spec.versions[0].schema.openAPIV3Schema.properties.status.properties;
    assert.equal(sessions.maxItems, SESSIONS_MAX);
    assert.equal(sessions.items.properties.lastError.maxLength, LAST_ERROR_MAX);
  });
});

describe('its writes', () => {
  it('happen once if nothing relevant changes', async () => {
    const { clock, all, written, status } = setUp();
    for (const state of ['Connect', 'Idle', 'Active', 'OpenSent', 'Idle'] as const) {
      for (const { session } of all) session.state = state;
      status.changed();
      await clock.advanceAsync(10_000);
    }
    assert.equal(written.length, 1);
  });

  it('happen at most every five seconds, and the last state is written', async () => {
    const { clock, state, times, last, status } = setUp();
    for (let step = 1; step <= 100; step++) {
      state.announced = { ...state.announced, services: step };
      status.changed();
      await clock.advanceAsync(100);
    }
    await clock.advanceAsync(60_000);
    assert.equal(last().announced.services, 100);
    for (const [index, at] of times.entries())
      if (index > 0) assert.ok(at - (times[index - 1] ?? 0) >= NODE_STATUS_INTERVAL);
  });

  it('are retried with back-off, with the current state', async () => {
    const { clock, state, outcomes, times, last, status } = setUp();
    outcomes.push(...Array.from({ length: 3 }, () => ({ kind: 'refused', because: 'forbidden' }) as const));
    status.changed();
    await clock.advanceAsync(20_000);
    assert.ok(times.length <= 3);
    state.phase = 'draining';
    await clock.advanceAsync(600_000);
    assert.deepEqual([times.length, last().phase], [4, 'draining']);
  });

  it('are repeated when the document is deleted, even during a write', async () => {
    const { clock, times, server, status } = setUp();
    status.changed();
    await clock.advanceAsync(60_000);
    assert.equal(times.length, 1);
    server.onWrite = () => {
      server.onWrite = () => {};
      status.deleted();
    };
    status.deleted();
    await clock.advanceAsync(60_000);
    assert.equal(times.length, 3);
  });

  it('do not let others wait for what changes while one is in flight', async () => {
    const { clock, state, times, server, last, status } = setUp();
    server.onWrite = () => {
      server.onWrite = () => {};
      void Promise.resolve().then(() => {
        state.announced = { ...state.announced, digest: 'two' };
        status.changedUrgently();
      });
    };
    status.changedUrgently();
    await clock.advanceAsync(100);
    assert.equal(times.length, 2);
    assert.equal(last().announced.digest, 'two');
  });

  it('happen at once on stop, and not afterwards', async () => {
    const { clock, currentStatus, written, last, status } = setUp();
    status.changed();
    await clock.advanceAsync(1000);
    await status.finish({ ...currentStatus(), phase: 'stopped' });
    status.changed();
    await clock.advanceAsync(60_000);
    assert.deepEqual([written.length, last().phase], [2, 'stopped']);
  });
});
