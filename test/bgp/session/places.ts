/** The usual ways into each state, by name. */
import type { StateName } from '../../../src/bgp/session/session.ts';
import type { Settings } from '../../../src/bgp/session/settings.ts';
import { notification } from '../../../src/bgp/wire/failure.ts';
import { KEEPALIVE } from '../../../src/bgp/wire/message.ts';
import { Bench, CEASE_RESET, OPEN, opening, RESTART } from './bench.ts';

/** `OpenSent, two` is OpenSent with a second connection. */
export type Place =
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

type Way = (settings: Partial<Settings>) => Bench;

const NOTIFYING = { ...RESTART, notification: true };

const dialled = (bench: Bench): Bench => bench.happens({ kind: 'connected', link: bench.link });
const accepted = (bench: Bench): Bench => bench.happens({ kind: 'accepted' });
const closed = (bench: Bench): Bench =>
  bench.happens({ kind: 'closed', link: bench.link, says: 'the peer closed it' });

const WAYS: Readonly<Record<Place, Way>> = {
  Idle: (settings) => new Bench(settings),
  'Idle, resting': (settings) => inState('OpenSent', settings).hears(CEASE_RESET),
  'Idle, resting, listening': (settings) => inState('OpenSent, dialled', settings).hears(CEASE_RESET),
  Connect: (settings) => new Bench(settings).happens({ kind: 'start' }),
  'Connect, delayed': (settings) => dialled(inState('Connect', { delayOpen: 5000, ...settings })),
  'Connect, delayed, dialled': (settings) => accepted(inState('Connect', { delayOpen: 5000, ...settings })),
  Active: (settings) => new Bench({ role: 'listen', ...settings }).happens({ kind: 'start' }),
  'Active, dialling later': (settings) => closed(inState('OpenSent', settings)),
  'Active, delayed': (settings) => accepted(inState('Active', { delayOpen: 5000, ...settings })),
  OpenSent: (settings) => dialled(inState('Connect', settings)),
  'OpenSent, dialled': (settings) => accepted(inState('Active', settings)),
  'OpenSent, two': (settings) => accepted(inState('OpenSent', settings)),
  'OpenSent, dialling too': (settings) => accepted(inState('Connect', settings)),
  'OpenSent, plain': (settings) =>
    dialled(inState('OpenSent', settings).hears(notification(2, 4)).after(1000)),
  OpenConfirm: (settings) => inState('OpenSent', settings).hears(OPEN),
  'OpenConfirm, dialled': (settings) => inState('OpenSent, dialled', settings).hears(OPEN),
  'OpenConfirm, two': (settings) => accepted(inState('OpenConfirm', settings)),
  Established: (settings) => inState('OpenConfirm', settings).hears(KEEPALIVE),
  'Established, graceful': (settings) =>
    inState('OpenSent', { gracefulRestart: RESTART, ...settings })
      .hears(opening(RESTART))
      .hears(KEEPALIVE),
  'Established, notifying': (settings) =>
    inState('OpenSent', { gracefulRestart: NOTIFYING, ...settings })
      .hears(opening(NOTIFYING))
      .hears(KEEPALIVE),
};

export function inState(place: Place, settings: Partial<Settings> = {}): Bench {
  return WAYS[place](settings);
}
