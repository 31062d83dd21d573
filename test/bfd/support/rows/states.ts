/** Which packet leads from which state to which (RFC 5880 6.2 and 6.8.6). */
import { diagnosticIs, hears, type Row, waits } from './row.ts';

const SIGNALED = diagnosticIs('neighbor-signaled-down');

export const STATES: readonly Row[] = [
  ['6.8.7', 'Down', 'sends at once', waits(0), ['Down'], 'Down'],
  ['6.8.3', 'Down, waiting', 'sends nothing for just under a second', waits(999), [], 'Down'],
  ['6.8.3', 'Down, waiting', 'sends again after a second', waits(1000), ['Down'], 'Down'],
  ['6.8.6', 'Down, waiting', 'goes to Init: remote Down', hears('Down'), ['Init'], 'Init'],
  ['6.8.6', 'Down, waiting', 'goes to Up: remote Init', hears('Init'), ['Up P'], 'Up', diagnosticIs('none')],
  ['6.8.6', 'Down, waiting', 'stays: a remote that is Up has to notice first', hears('Up'), [], 'Down'],
  ['6.8.6', 'Down, waiting', 'stays: remote AdminDown', hears('AdminDown'), [], 'Down'],
  ['6.8.6', 'Init', 'stays: remote still Down', hears('Down'), [], 'Init'],
  ['6.8.6', 'Init', 'goes to Up: remote Init', hears('Init'), ['Up P'], 'Up'],
  ['6.8.6', 'Init', 'goes to Up: remote Up', hears('Up'), ['Up P'], 'Up', diagnosticIs('none')],
  ['6.8.6', 'Init', 'goes to Down: remote AdminDown', hears('AdminDown'), ['Down'], 'Down', SIGNALED],
  ['6.8.6', 'Up', 'stays: remote Up', hears('Up'), [], 'Up'],
  ['6.8.6', 'Up', 'stays: the Up of a remote in Init is on the way', hears('Init'), [], 'Up'],
  ['6.8.6', 'Up', 'goes to Down: remote Down', hears('Down'), ['Down'], 'Down', SIGNALED],
  ['6.8.6', 'Up', 'goes to Down: remote AdminDown', hears('AdminDown'), ['Down'], 'Down', SIGNALED],
  [
    ...(['6.8.6', 'Up', 'goes to Down: the remote restarted, and does not know our discriminator'] as const),
    ...([hears('Down', { yourDiscriminator: 0 }), ['Down'], 'Down'] as const),
  ],
  ['6.8.6', 'AdminDown', 'stays: remote Down', hears('Down'), ['discard admin-down'], 'AdminDown'],
  ['6.8.6', 'AdminDown', 'stays: remote Init', hears('Init'), ['discard admin-down'], 'AdminDown'],
  ['6.8.6', 'AdminDown', 'stays: remote Up', hears('Up'), ['discard admin-down'], 'AdminDown'],
  ['6.8.6', 'AdminDown', 'stays: remote AdminDown', hears('AdminDown'), ['discard admin-down'], 'AdminDown'],
  [
    ...(['6.8.6', 'AdminDown', 'answers no poll'] as const),
    ...([hears('Up', { poll: true }), ['discard admin-down'], 'AdminDown'] as const),
  ],
];
