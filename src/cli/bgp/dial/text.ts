/** The events of `berth bgp dial` as sentences. */
import { plural, wrap } from '../../../base/text.ts';
import type { TransitionDetails } from '../../../bgp/session/events.ts';
import type { TransportAddress } from '../../../bgp/session/remote.ts';
import type { Open } from '../../../bgp/wire/message.ts';
import type { NegotiatedTerms } from '../../../bgp/wire/negotiated.ts';
import { notificationText } from '../../../bgp/wire/notification-text.ts';

import { formatAddress, formatIPv4 } from '../../../net/address.ts';
import type { CliContext } from '../../framework/context.ts';
import type { DialEvent, RouteCounts } from './event.ts';
import type { DialOptions } from './options.ts';

/** `   0.021  Established`. */
export const dialEventLine = ({ seconds, text }: DialEvent): string =>
  `${seconds.toFixed(3).padStart(8)}  ${text}`;

/** The columns of the seconds, below which the rest of an event is wrapped. */
const TIME_COLUMNS = 10;

/** One line for a program that reads it; at a terminal, or where COLUMNS says how wide it is, as many as it takes. */
export function eventLines(
  line: string,
  { stdout, environment }: Pick<CliContext, 'stdout' | 'environment'>,
): readonly string[] {
  const isFitted = stdout.isInteractive || (environment['COLUMNS'] ?? '') !== '';
  if (!isFitted || line.length <= stdout.columns) return [line];
  const [first = '', ...rest] = wrap(line.slice(TIME_COLUMNS), Math.max(1, stdout.columns - TIME_COLUMNS));
  const indent = ' '.repeat(TIME_COLUMNS);
  return [`${line.slice(0, TIME_COLUMNS)}${first}`, ...rest.map((part) => `${indent}${part}`)];
}

export function negotiatedText(
  negotiated: NegotiatedTerms,
  local: TransportAddress | null,
  remote: TransportAddress | null,
): string {
  const { families, holdTime, internal } = negotiated;
  const parts = [
    internal ? 'internal (iBGP)' : 'external (eBGP)',
    holdTime === 0 ? 'no hold time' : `hold time ${holdTime} s`,
    ...families.map((family) => `IPv${family} unicast`),
    ...(negotiated.routeRefresh ? ['route refresh'] : []),
    ...(negotiated.fourOctetAs ? [] : ['AS numbers of two octets only']),
    ...(negotiated.gracefulRestart ? ['End-of-RIB'] : []),
  ];
  const ends = local && remote ? `, between ${endText(local)} and ${endText(remote)}` : '';
  return `negotiated: ${parts.join(', ')}${ends}`;
}

const endText = ({ address, port }: TransportAddress): string => `${formatAddress(address)} port ${port}`;

/** The OPEN that this node sends. */
export function localOpenText({ settings: { asn, routerId, holdTime } }: DialOptions): string {
  return `OPEN sent: AS ${asn}, identifier ${formatIPv4(routerId)}, hold time ${holdTime} s`;
}

/** The OPEN of the router; null before it came. */
export const remoteOpenText = (open: Open | null): string =>
  open === null
    ? 'OPEN received'
    : `OPEN received: AS ${open.asn}, identifier ${formatIPv4(open.routerId)}, hold time ${open.holdTime} s`;

/** Why a session is down, without the NOTIFICATION that was sent. */
export const downReason = ({ text, received }: TransitionDetails): string =>
  `${received === null ? '' : 'the router sent '}${text}`;

export const sentText = ({ sent }: TransitionDetails): string =>
  sent === null ? '' : `; NOTIFICATION sent: ${notificationText(sent)}`;

export function countsText(
  family: 4 | 6,
  { announced, withdrawn, faulty }: RouteCounts,
  when: string,
): string {
  const parts = [
    plural(announced, 'announcement'),
    ...(withdrawn === 0 ? [] : [plural(withdrawn, 'withdrawal')]),
    ...(faulty === 0 ? [] : [`${plural(faulty, 'message')} with an error (RFC 7606)`]),
  ];
  return `IPv${family}: ${parts.join(', ')} received, ${when}`;
}
