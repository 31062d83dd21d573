/** Poll sequences, which make changes of intervals safe, and the demand mode of the remote (RFC 5880 6.5, 6.6 and 6.8.3). */
import { nextBfdDeadline } from '../../../../src/bfd/session.ts';
import {
  all,
  announces,
  answered,
  detectionIs,
  edited,
  finds,
  hears,
  intervalIs,
  type Row,
  waits,
  waitsOn,
} from './row.ts';

const polled = { poll: true };
const faster = edited({ desiredMinTx: 200 });
const slower = edited({ desiredMinTx: 2000 });
const twice = all(slower, edited({ desiredMinTx: 3000 }));
const takesMore = edited({ requiredMinRx: 100 });
const takesLess = edited({ requiredMinRx: 500 });
const keepsSchedule = finds(({ session, now }) => (nextBfdDeadline(session) ?? 0) - now < 300, true);

export const POLL: readonly Row[] = [
  ['6.5', 'Init', 'polls when it goes up, since its interval changes', hears('Up'), ['Up P'], 'Up'],
  [
    ...(['6.5', 'Init', 'does not poll when it goes up with the same interval'] as const),
    ...([hears('Up'), ['Up'], 'Up', { settings: { desiredMinTx: 1000 } }] as const),
  ],
  ['6.5', 'Up, polling', 'polls with every packet until it is answered', waitsOn, ['Up P'], 'Up'],
  ['6.5', 'Up, polling', 'ends the poll with the answer', all(answered, waitsOn), ['Up'], 'Up'],
  [
    '6.5',
    'Up, polling',
    'takes no packet without F for the answer',
    all(hears('Up'), waitsOn),
    ['Up P'],
    'Up',
  ],
  ['6.5', 'Up', 'ignores an answer to nothing', answered, [], 'Up'],
  ['6.5', 'Up', 'sends no packet besides when its interval changes', faster, [], 'Up'],
  [
    ...(['6.5', 'Up', 'polls with the next packet when its interval changes'] as const),
    ...([all(faster, waitsOn), ['Up P'], 'Up', announces(200, 300)] as const),
  ],
  ['6.8.3', 'Up', 'sends faster at once', faster, [], 'Up', intervalIs(200)],
  ['6.8.3', 'Up', 'sends no slower before the remote knows', slower, [], 'Up', intervalIs(300)],
  ['6.8.3', 'Up', 'sends slower once the remote knows', all(slower, answered), [], 'Up', intervalIs(2000)],
  [
    ...(['6.8.3', 'Up', 'waits no less before the remote knows that it may send faster'] as const),
    ...([all(takesMore, hears('Up')), [], 'Up', detectionIs(900)] as const),
  ],
  ['6.8.3', 'Up', 'waits less once the remote knows', all(takesMore, answered), [], 'Up', detectionIs(300)],
  ['6.8.3', 'Up', 'waits longer at once when it takes less', takesLess, [], 'Up', detectionIs(1500)],
  [
    ...(['6.8.3', 'Up', 'stays up when the remote sends slower and its answer was lost'] as const),
    ...([all(waits(100), hears('Up'), takesLess, waits(1400)), ['Up P'], 'Up'] as const),
  ],
  [
    ...(['6.5', 'Up', 'polls once more where its interval changes during a poll'] as const),
    ...([all(twice, answered, waitsOn), ['Up P'], 'Up'] as const),
  ],
  ['6.8.3', 'Up', 'waits for the answer to the second poll', all(twice, answered), [], 'Up', intervalIs(300)],
  [
    ...(['6.8.3', 'Up', 'sends slower after the answer to the second poll'] as const),
    ...([all(twice, answered, answered), [], 'Up', intervalIs(3000)] as const),
  ],
  [
    ...(['6.5', 'Up', 'does not poll for an edit that changes no interval'] as const),
    ...([all(edited({ minimumTtl: 9 }), waitsOn), ['Up'], 'Up'] as const),
  ],
  [
    ...(['6.8.1', 'Up', 'announces another multiplier without a poll'] as const),
    ...([all(edited({ detectMultiplier: 9 }), waitsOn), ['Up'], 'Up'] as const),
    finds(({ sent }) => sent[0]?.detectMultiplier, 9),
  ],
  [
    ...(['6.8.3', 'Down, waiting', 'needs no poll while it is down'] as const),
    ...([all(edited({ desiredMinTx: 3000 }), waitsOn), ['Down'], 'Down', announces(3000, 300)] as const),
  ],
  [
    ...(['6.5', 'Up, polling', 'ends the poll when it goes down'] as const),
    ...([hears('Down'), ['Down'], 'Down', finds(({ session }) => session.poll, 'none')] as const),
  ],

  ['6.5', 'Down, waiting', 'answers a poll', hears('Up', polled), ['Down F'], 'Down'],
  ['6.5', 'Init', 'answers a poll', hears('Down', polled), ['Init F'], 'Init'],
  ['6.5', 'Up', 'answers a poll', hears('Up', polled), ['Up F'], 'Up'],
  [
    '6.5',
    'Up, polling',
    'answers a poll without P, though it polls itself',
    hears('Up', polled),
    ['Up F'],
    'Up',
  ],
  [
    '6.5',
    'Init',
    'answers a poll and tells its new state in one packet',
    hears('Up', polled),
    ['Up F'],
    'Up',
  ],
  [
    ...(['6.8.7', 'Up', 'keeps its schedule when it answers a poll'] as const),
    ...([all(waits(100), hears('Up', polled)), ['Up F'], 'Up', keepsSchedule] as const),
  ],
];

const demanding = { demand: true };

export const DEMAND: readonly Row[] = [
  ['6.6', 'Up, demand', 'sends nothing periodically', waits(800), [], 'Up'],
  ['6.6', 'Up, demand', 'answers a poll', hears('Up', { ...demanding, ...polled }), ['Up F'], 'Up'],
  [
    ...(['6.6', 'Up, demand', 'sends again when the remote asks for silence no longer'] as const),
    ...([all(waits(400), hears('Up'), waitsOn), ['Up'], 'Up'] as const),
  ],
  ['6.6', 'Up, demand', 'polls when its interval changes', all(faster, waitsOn), ['Up P'], 'Up'],
  [
    ...(['6.6', 'Up, demand', 'is silent again after the answer'] as const),
    all(faster, waitsOn, hears('Up', { ...demanding, final: true }), waits(800)),
    ...([[], 'Up'] as const),
  ],
  ['6.6', 'Up, demand', 'goes to Down: remote Down', hears('Down', demanding), ['Down'], 'Down'],
  ['6.6', 'Up, demand', 'goes to Down when the remote itself is silent', waits(900), ['Down'], 'Down'],
  ['6.6', 'Up, remote not up', 'goes on sending until the remote is up too', waitsOn, ['Up'], 'Up'],
  [
    ...(['6.6', 'Init', 'goes on sending while it is not up'] as const),
    ...([all(hears('Down', demanding), waitsOn), ['Init'], 'Init'] as const),
    { settings: { requiredMinRx: 1000 } },
  ],
  [
    ...(['6.8.7', 'Up', 'never asks for demand mode itself', waitsOn] as const),
    ...([['Up'], 'Up', finds(({ sent }) => sent[0]?.demand, false)] as const),
  ],
];
