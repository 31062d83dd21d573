/** Two sessions of one process with each other over loopback: each is the remote of the other one. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import type { BfdSessions, BfdStateChange } from '../../../../src/bfd/sessions.ts';
import type { BfdSessionSpec } from '../../../../src/bfd/settings.ts';
import type { BfdStatus } from '../../../../src/bfd/status.ts';
import { parseAddress } from '../../../../src/net/address.ts';
import { eventually } from '../../../support/eventually.ts';
import { SETTINGS } from '../../support/harness.ts';

export function addressOf(text: string): BfdSessionSpec['remote'] {
  const address = parseAddress(text);
  assert.ok(address.ok);
  return address.value;
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '0.0.0.0', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** `west` and `east`. Slow enough for a machine that is busy with other tests. */
export function pairOf(port: number, differing: Partial<BfdSessionSpec> = {}): readonly BfdSessionSpec[] {
  const spec = (key: string, local: string, remote: string): BfdSessionSpec => ({
    ...{ key, remote: addressOf(remote), local: addressOf(local), interface: null, multihop: false, port },
    settings: { ...SETTINGS, detectMultiplier: 50 },
    ...differing,
  });
  return [spec('west', '127.0.0.1', '127.0.0.2'), spec('east', '127.0.0.2', '127.0.0.1')];
}

export const statusOf = (sessions: BfdSessions, key: string): BfdStatus | undefined =>
  sessions.statuses().find((status) => status.key === key);

export const bothUp = (sessions: BfdSessions): Promise<void> =>
  eventually(() =>
    assert.deepEqual(
      sessions.statuses().map(({ state }) => state),
      ['Up', 'Up'],
    ),
  );

/** All changes from now on, as `west: Up → Down (AdminDown)`. */
export function recordChanges(sessions: BfdSessions): string[] {
  const changes: string[] = [];
  sessions.onChange(({ from, status }: BfdStateChange) => {
    changes.push(`${status.key}: ${from} → ${status.state} (${status.remoteState})`);
  });
  return changes;
}
