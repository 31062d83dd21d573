/** A session driver on loopback that records what its handler receives, and listeners and pairs for tests. */
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TransitionDetails } from '../../../../src/bgp/session/events.ts';
import type { Remote } from '../../../../src/bgp/session/remote.ts';
import type { StateName } from '../../../../src/bgp/session/session.ts';
import type { BgpSessionSettings } from '../../../../src/bgp/session/settings.ts';
import { BgpListener } from '../../../../src/bgp/transport/bgp-listener.ts';
import { TcpSessionDriver } from '../../../../src/bgp/transport/tcp-session-driver.ts';
import type { RouteRefresh, Update } from '../../../../src/bgp/wire/message.ts';
import { type Address, parseAddress } from '../../../../src/net/address.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

export const WEST: BgpSessionSettings = {
  asn: 64_500,
  routerId: 0x0a000001,
  peerAsn: 64_501,
  holdTime: 90,
  keepaliveTime: null,
  families: [4, 6],
  extendedNextHop: false,
  gracefulRestart: null,
  role: 'dial',
  connectTime: 120_000,
  delayOpen: 0,
  idleHold: { first: 1000, max: 60_000 },
};

export const EAST: BgpSessionSettings = {
  ...WEST,
  asn: 64_501,
  routerId: 0x0a000002,
  peerAsn: 64_500,
  role: 'listen',
};

export function address(text: string): Address {
  const read = parseAddress(text);
  if (!read.ok) throw new Error(`${text} ${read.error}`);
  return read.value;
}

export const LOOPBACK = address('127.0.0.1');

export const remoteAt = (port: number, more: Partial<Remote> = {}): Remote => ({
  address: LOOPBACK,
  port,
  source: null,
  password: null,
  ttlSecurity: null,
  ...more,
});

/** Stopped after the test. */
export class TestPeer {
  readonly clock = new FakeClock();
  readonly states: string[] = [];
  readonly reasons: TransitionDetails[] = [];
  readonly connectFailures: string[] = [];
  readonly received: (Update | RouteRefresh)[] = [];
  writables = 0;
  onStateChange: (to: StateName) => void = () => {};
  onReceived: (message: Update | RouteRefresh) => void = (message) => this.received.push(message);
  onWritable: () => void = () => {};
  readonly driver: TcpSessionDriver;

  constructor(test: TestContext, settings: BgpSessionSettings, remote: Remote) {
    this.driver = new TcpSessionDriver(
      settings,
      remote,
      {
        stateChanged: (_, to, details) => {
          this.states.push(to);
          this.reasons.push(details);
          this.onStateChange(to);
        },
        received: (message) => this.onReceived(message),
        writable: () => {
          this.writables += 1;
          this.onWritable();
        },
      },
      {
        clock: this.clock,
        random: () => 0.5,
        connectFailed: (message) => this.connectFailures.push(message),
      },
    );
    test.after(async () => {
      this.driver.abandon();
      await this.driver.closed();
    });
  }

  get lastReason(): string {
    return this.reasons.at(-1)?.text ?? '';
  }

  reaches(state: StateName): Promise<void> {
    return until(() => this.driver.state === state);
  }
}

/** Bounded by the timeout of the test. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1);
}

/** Listens on a free port until the test ends. */
export async function listen(test: TestContext, family: 4 | 6 = 4): Promise<BgpListener> {
  const listener = await BgpListener.open([family], 0);
  if (!listener.ok) throw new Error(listener.error);
  test.after(() => listener.value.close());
  return listener.value;
}

/** A peer that connects (west) and one that listens (east), not started. */
export async function createPair(
  test: TestContext,
  {
    west = {},
    east = {},
    remote = {},
    guard = {},
  }: {
    readonly west?: Partial<BgpSessionSettings>;
    readonly east?: Partial<BgpSessionSettings>;
    readonly remote?: Partial<Remote>;
    /** Overrides of the remote that the east expects. */
    readonly guard?: Partial<Remote>;
  } = {},
): Promise<{
  readonly west: TestPeer;
  readonly east: TestPeer;
  readonly listener: BgpListener;
  /** The peer that the listener expects, whose connections the east accepts. */
  readonly expected: Remote;
  readonly error: string | null;
}> {
  const listener = await listen(test, (remote.address ?? LOOPBACK).family);
  const westPeer = new TestPeer(test, { ...WEST, ...west }, remoteAt(listener.port, remote));
  const expected = remoteAt(0, { ...remote, ...guard });
  const eastPeer = new TestPeer(test, { ...EAST, ...east }, expected);
  const error = await listener.expect(expected, (socket) => eastPeer.driver.accept(socket));
  return { west: westPeer, east: eastPeer, listener, expected, error };
}

export async function establish(...peers: readonly TestPeer[]): Promise<void> {
  for (const { driver } of [...peers].reverse()) driver.start();
  await Promise.all(peers.map((peer) => peer.reaches('Established')));
}
