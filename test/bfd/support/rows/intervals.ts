/** Intervals that both sides negotiate, the detection time, and jitter (RFC 5880 6.8.2 to 6.8.4, and 6.8.7). */
import {
  all,
  announces,
  detectionIs,
  hears,
  intervalIs,
  type Row,
  type Step,
  waitIs,
  waits,
  waitsOn,
} from './row.ts';

const hearsSlow = hears('Up', { requiredMinRx: 5000 });
const hearsNothingWanted = hears('Up', { requiredMinRx: 0 });
const wantsAgain = all(hearsNothingWanted, waits(800), hears('Up'), waitsOn);
const single = { settings: { detectMultiplier: 1 } };

const leastJitter: Step = (one) => {
  one.chance = 0;
  return one.advance(0);
};

export const INTERVALS: readonly Row[] = [
  [
    '6.8.3',
    'Down',
    'announces a second while it is not up',
    waits(0),
    ['Down'],
    'Down',
    announces(1000, 300),
  ],
  [
    ...(['6.8.3', 'Down', 'announces a longer interval as it is', waits(0), ['Down'], 'Down'] as const),
    { settings: { desiredMinTx: 1500 }, ...announces(1500, 300) },
  ],
  ['6.8.3', 'Init', 'announces its own interval once up', hears('Init'), ['Up P'], 'Up', announces(300, 300)],
  ['6.8.3', 'Up', 'announces a second again once down', waits(900), ['Down'], 'Down', announces(1000, 300)],
  ['6.8.7', 'Up', 'sends no faster than it wants', hears('Up'), [], 'Up', intervalIs(300)],
  [
    ...(['6.8.7', 'Up', 'sends no faster than the remote can take'] as const),
    ...([hears('Up', { requiredMinRx: 700 }), [], 'Up', intervalIs(700)] as const),
  ],
  [
    ...(['6.8.7', 'Up', 'sends at once when the remote can take more, and more is due'] as const),
    ...([all(hearsSlow, waits(400), hears('Up')), [], 'Up', waitIs(0)] as const),
  ],
  ['6.8.7', 'Up', 'sends nothing where none is wanted', all(hearsNothingWanted, waits(800)), [], 'Up'],
  [
    ...(['6.8.7', 'Up', 'still answers a poll of a remote that wants nothing'] as const),
    ...([hears('Up', { requiredMinRx: 0, poll: true }), ['Up F'], 'Up'] as const),
  ],
  [
    ...(['6.8.7', 'Up', 'still says Down to a remote that wants nothing'] as const),
    ...([hears('Down', { requiredMinRx: 0 }), ['Down'], 'Down'] as const),
  ],
  ['6.8.7', 'Up', 'sends again when the remote wants packets again', wantsAgain, ['Up'], 'Up'],

  ['6.8.4', 'Up', 'waits for 3 times our interval, if longer', hears('Up'), [], 'Up', detectionIs(900)],
  [
    ...(['6.8.4', 'Up', 'waits for 3 times the interval of the remote, if longer'] as const),
    ...([hears('Up', { desiredMinTx: 400 }), [], 'Up', detectionIs(1200)] as const),
  ],
  [
    ...(['6.8.4', 'Up', 'takes the multiplier from each packet'] as const),
    ...([hears('Up', { detectMultiplier: 5 }), [], 'Up', detectionIs(1500)] as const),
  ],
  [
    ...(['6.8.4', 'Up', 'does not use its own multiplier', hears('Up'), [], 'Up'] as const),
    { settings: { detectMultiplier: 50 }, ...detectionIs(900) },
  ],
  [
    ...(['6.8.4', 'Up', 'goes down after one interval where the multiplier is 1'] as const),
    ...([all(hears('Up', { detectMultiplier: 1 }), waits(300)), ['Down'], 'Down'] as const),
  ],

  ['6.8.7', 'Down', 'waits for the whole interval at most', waits(0), ['Down'], 'Down', waitIs(1000)],
  ['6.8.7', 'Down', 'waits for three quarters at least', leastJitter, ['Down'], 'Down', waitIs(750)],
  [
    ...(['6.8.7', 'Down', 'waits for nine tenths at most, if its multiplier is 1'] as const),
    ...([waits(0), ['Down'], 'Down', { ...single, ...waitIs(900) }] as const),
  ],
  [
    ...(['6.8.7', 'Down', 'waits for three quarters at least, if its multiplier is 1'] as const),
    ...([leastJitter, ['Down'], 'Down', { ...single, ...waitIs(750) }] as const),
  ],
];
