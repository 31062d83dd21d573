/** Puts a session into a state, or a variant of it, by the usual events. */
import type { StateName } from '../../../../src/bgp/session/session.ts';
import type { BgpSessionSettings } from '../../../../src/bgp/session/settings.ts';
import { newNotification } from '../../../../src/bgp/wire/failure.ts';
import { KEEPALIVE } from '../../../../src/bgp/wire/message.ts';
import { ADMINISTRATIVE_RESET, GRACEFUL_RESTART, OPEN, openWithRestart, SessionHarness } from './harness.ts';

/** `inbound`: the peer opened the connection; `colliding`: there is a second connection. */
export type StateVariant =
  | StateName
  | 'Idle, holding'
  | 'Idle, holding, listening'
  | 'Connect, delayed'
  | 'Connect, delayed, inbound'
  | 'Active, retrying'
  | 'Active, delayed'
  | 'OpenSent, inbound'
  | 'OpenSent, colliding'
  | 'OpenSent, connecting'
  | 'OpenSent, no capabilities'
  | 'OpenConfirm, inbound'
  | 'OpenConfirm, colliding'
  | 'Established, graceful'
  | 'Established, N bit';

type Setup = (settings: Partial<BgpSessionSettings>) => SessionHarness;

const NOTIFICATION_RESTART = { ...GRACEFUL_RESTART, notification: true };

const connected = (harness: SessionHarness): SessionHarness =>
  harness.apply({ kind: 'connected', connectionId: harness.connectionId });
const accepted = (harness: SessionHarness): SessionHarness => harness.apply({ kind: 'accepted' });
const closed = (harness: SessionHarness): SessionHarness =>
  harness.apply({ kind: 'closed', connectionId: harness.connectionId, reason: 'the peer closed it' });

const SETUPS: Readonly<Record<StateVariant, Setup>> = {
  Idle: (settings) => new SessionHarness(settings),
  'Idle, holding': (settings) => inState('OpenSent', settings).receive(ADMINISTRATIVE_RESET),
  'Idle, holding, listening': (settings) =>
    inState('OpenSent, inbound', settings).receive(ADMINISTRATIVE_RESET),
  Connect: (settings) => new SessionHarness(settings).apply({ kind: 'start' }),
  'Connect, delayed': (settings) => connected(inState('Connect', { delayOpen: 5000, ...settings })),
  'Connect, delayed, inbound': (settings) => accepted(inState('Connect', { delayOpen: 5000, ...settings })),
  Active: (settings) => new SessionHarness({ role: 'listen', ...settings }).apply({ kind: 'start' }),
  'Active, retrying': (settings) => closed(inState('OpenSent', settings)),
  'Active, delayed': (settings) => accepted(inState('Active', { delayOpen: 5000, ...settings })),
  OpenSent: (settings) => connected(inState('Connect', settings)),
  'OpenSent, inbound': (settings) => accepted(inState('Active', settings)),
  'OpenSent, colliding': (settings) => accepted(inState('OpenSent', settings)),
  'OpenSent, connecting': (settings) => accepted(inState('Connect', settings)),
  'OpenSent, no capabilities': (settings) =>
    connected(inState('OpenSent', settings).receive(newNotification(2, 4)).advance(1000)),
  OpenConfirm: (settings) => inState('OpenSent', settings).receive(OPEN),
  'OpenConfirm, inbound': (settings) => inState('OpenSent, inbound', settings).receive(OPEN),
  'OpenConfirm, colliding': (settings) => accepted(inState('OpenConfirm', settings)),
  Established: (settings) => inState('OpenConfirm', settings).receive(KEEPALIVE),
  'Established, graceful': (settings) =>
    inState('OpenSent', { gracefulRestart: GRACEFUL_RESTART, ...settings })
      .receive(openWithRestart(GRACEFUL_RESTART))
      .receive(KEEPALIVE),
  'Established, N bit': (settings) =>
    inState('OpenSent', { gracefulRestart: NOTIFICATION_RESTART, ...settings })
      .receive(openWithRestart(NOTIFICATION_RESTART))
      .receive(KEEPALIVE),
};

export function inState(variant: StateVariant, settings: Partial<BgpSessionSettings> = {}): SessionHarness {
  return SETUPS[variant](settings);
}
