/** Silence of the remote, the operator, and the passive role (RFC 5880 6.1, 6.8.1, 6.8.4 and 6.8.16). */
import { SPARE } from '../harness.ts';
import {
  all,
  diagnosticIs,
  disabled,
  enabled,
  finds,
  hears,
  isPassive,
  type Row,
  repeated,
  waits,
  waitsOn,
} from './row.ts';

const EXPIRED = diagnosticIs('detection-time-expired');
const DISABLED = diagnosticIs('administratively-down');
const REPORTED = finds((one) => one.hasChanged, true);
const UNREPORTED = finds((one) => one.hasChanged, false);
const hearsFirst = hears('Down', { yourDiscriminator: 0 });

/** The detection time is 3 × 300 ms: we take no packets faster than each 300 ms. */
export const SILENCE: readonly Row[] = [
  ['6.8.4', 'Up', 'stays up for just under the detection time', waits(899.9), ['Up'], 'Up'],
  ['6.8.4', 'Up', 'goes to Down after the detection time', waits(900), ['Down'], 'Down', EXPIRED],
  ['6.8.4', 'Up', 'waits anew from each packet', all(waits(600), hears('Up'), waits(600)), ['Up'], 'Up'],
  ['6.8.4', 'Init', 'goes to Down after the detection time', waits(900), ['Down'], 'Down', EXPIRED],
  [
    '6.8.4',
    'Down, heard',
    'stays when the remote falls silent',
    waits(900),
    [],
    'Down',
    diagnosticIs('none'),
  ],
  ['6.8.4', 'AdminDown, heard', 'stays when the remote falls silent', waits(900), [], 'AdminDown', DISABLED],
  [
    ...(['6.8.1', 'Up', 'names no discriminator of a remote that fell silent', waits(900)] as const),
    ...([['Down'], 'Down', finds((one) => one.sent[0]?.yourDiscriminator, 0)] as const),
  ],
  [
    ...(['6.8.1', 'Up', 'keeps its own discriminator after silence', waits(900)] as const),
    ...([['Down'], 'Down', finds((one) => one.sent[0]?.myDiscriminator === SPARE, false)] as const),
  ],
  [
    ...(['6.8.1', 'Down, heard', 'forgets the remote with its silence', waits(900)] as const),
    ...([[], 'Down', finds((one) => one.session.remote, null)] as const),
  ],
  [
    ...(['6.8.7', 'Up', 'says why it went down', waits(900)] as const),
    ...([['Down'], 'Down', finds((one) => one.sent[0]?.diagnostic, 'detection-time-expired')] as const),
  ],
  [
    ...(['6.8.1', 'Up', 'learns a new discriminator of the remote'] as const),
    hears('Up', { myDiscriminator: 5, poll: true }),
    ...([['Up F'], 'Up', finds((one) => one.sent[0]?.yourDiscriminator, 5)] as const),
  ],

  ['6.8.16', 'Up', 'says AdminDown at once when disabled', disabled, ['AdminDown'], 'AdminDown', DISABLED],
  ['6.8.16', 'Init', 'says AdminDown at once when disabled', disabled, ['AdminDown'], 'AdminDown'],
  ['6.8.16', 'Down, waiting', 'says AdminDown at once when disabled', disabled, ['AdminDown'], 'AdminDown'],
  ['6.8.16', 'AdminDown', 'does nothing when disabled again', disabled, [], 'AdminDown'],
  ['6.8.16', 'AdminDown', 'goes on saying so each second', waits(1000), ['AdminDown'], 'AdminDown'],
  ['6.8.16', 'AdminDown', 'says so once more when asked to', repeated, ['AdminDown'], 'AdminDown'],
  [
    '6.8.7',
    'Down',
    'repeats nothing to a remote that it does not know, if passive',
    repeated,
    [],
    'Down',
    isPassive,
  ],
  ['6.8.16', 'AdminDown', 'goes to Down when enabled', enabled, ['Down'], 'Down'],
  ['6.8.16', 'Up', 'does nothing when it is enabled already', enabled, [], 'Up'],
  ['RFC 5882 4.2', 'Down, heard', 'reports a new AdminDown', hears('AdminDown'), [], 'Down', REPORTED],
  [
    'RFC 5882 4.2',
    'Down, heard',
    'reports no other state of the remote',
    hears('Up'),
    [],
    'Down',
    UNREPORTED,
  ],

  ['6.1', 'Down', 'sends nothing before the remote does, if passive', waits(60_000), [], 'Down', isPassive],
  [
    '6.1',
    'Down',
    'answers the first packet of the remote, if passive',
    hearsFirst,
    ['Init'],
    'Init',
    isPassive,
  ],
  [
    ...(['6.8.7', 'Down', 'sends periodically once the remote is known, if passive'] as const),
    ...([all(hears('Up'), waitsOn), ['Down'], 'Down', isPassive] as const),
  ],
  [
    ...(['6.8.7', 'Down', 'sends nothing after the remote fell silent, if passive'] as const),
    ...([all(hearsFirst, hears('Up'), waits(900)), [], 'Down', isPassive] as const),
  ],
  ['6.8.7', 'Down', 'says AdminDown to nobody, if passive', disabled, [], 'AdminDown', isPassive],
];
