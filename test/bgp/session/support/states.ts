/** The usual ways into each state, by name. */
import type { StateName } from '../../../../src/bgp/session/session.ts';
import type { BgpSessionSettings } from '../../../../src/bgp/session/settings.ts';
import { newNotification } from '../../../../src/bgp/wire/failure.ts';
import { KEEPALIVE } from '../../../../src/bgp/wire/message.ts';
import { ADMINISTRATIVE_RESET, GRACEFUL_RESTART, OPEN, openWithRestart, SessionHarness } from './harness.ts';

/** `OpenSent, two` is OpenSent with a second connection. */
export type StateVariant =
  | StateName
  | 'Idle, resting'
  | 'Idle, resting, listening'
  | 'Connect, delayed'
  | 'Connect, delayed, dialled'
  | 'Active, dialling later'
  | 'Active, delayed'
  | 'OpenSent, dialled'
  | 'OpenSent, two'
  | 'OpenSent, dialling too'
  | 'OpenSent, plain'
  | 'OpenConfirm, dialled'
  | 'OpenConfirm, two'
  | 'Established, graceful'
  | 'Established, notifying';

type Setup = (settings: Partial<BgpSessionSettings>) => SessionHarness;

const NOTIFICATION_RESTART = { ...GRACEFUL_RESTART, notification: true };

const dialled = (harness: SessionHarness): SessionHarness =>
  harness.apply({ kind: 'connected', connectionId: harness.connectionId });
const accepted = (harness: SessionHarness): SessionHarness => harness.apply({ kind: 'accepted' });
const closed = (harness: SessionHarness): SessionHarness =>
  harness.apply({ kind: 'closed', connectionId: harness.connectionId, reason: 'the peer closed it' });

const SETUPS: Readonly<Record<StateVariant, Setup>> = {
  Idle: (settings) => new SessionHarness(settings),
  'Idle, resting': (settings) => inState('OpenSent', settings).receive(ADMINISTRATIVE_RESET),
  'Idle, resting, listening': (settings) =>
    inState('OpenSent, dialled', settings).receive(ADMINISTRATIVE_RESET),
  Connect: (settings) => new SessionHarness(settings).apply({ kind: 'start' }),
  'Connect, delayed': (settings) => dialled(inState('Connect', { delayOpen: 5000, ...settings })),
  'Connect, delayed, dialled': (settings) => accepted(inState('Connect', { delayOpen: 5000, ...settings })),
  Active: (settings) => new SessionHarness({ role: 'listen', ...settings }).apply({ kind: 'start' }),
  'Active, dialling later': (settings) => closed(inState('OpenSent', settings)),
  'Active, delayed': (settings) => accepted(inState('Active', { delayOpen: 5000, ...settings })),
  OpenSent: (settings) => dialled(inState('Connect', settings)),
  'OpenSent, dialled': (settings) => accepted(inState('Active', settings)),
  'OpenSent, two': (settings) => accepted(inState('OpenSent', settings)),
  'OpenSent, dialling too': (settings) => accepted(inState('Connect', settings)),
  'OpenSent, plain': (settings) =>
    dialled(inState('OpenSent', settings).receive(newNotification(2, 4)).advance(1000)),
  OpenConfirm: (settings) => inState('OpenSent', settings).receive(OPEN),
  'OpenConfirm, dialled': (settings) => inState('OpenSent, dialled', settings).receive(OPEN),
  'OpenConfirm, two': (settings) => accepted(inState('OpenConfirm', settings)),
  Established: (settings) => inState('OpenConfirm', settings).receive(KEEPALIVE),
  'Established, graceful': (settings) =>
    inState('OpenSent', { gracefulRestart: GRACEFUL_RESTART, ...settings })
      .receive(openWithRestart(GRACEFUL_RESTART))
      .receive(KEEPALIVE),
  'Established, notifying': (settings) =>
    inState('OpenSent', { gracefulRestart: NOTIFICATION_RESTART, ...settings })
      .receive(openWithRestart(NOTIFICATION_RESTART))
      .receive(KEEPALIVE),
};

export function inState(variant: StateVariant, settings: Partial<BgpSessionSettings> = {}): SessionHarness {
  return SETUPS[variant](settings);
}
