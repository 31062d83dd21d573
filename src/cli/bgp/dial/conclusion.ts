/** What `berth bgp dial` concludes from all that it saw: whether the session works; if not, the problem, its cause and the fix. */
import { plural } from '../../../base/text.ts';
import type { TransitionDetails } from '../../../bgp/session/events.ts';
import { remoteName } from '../../../bgp/session/remote.ts';
import type { Open } from '../../../bgp/wire/message.ts';
import type { NegotiatedTerms } from '../../../bgp/wire/negotiated.ts';
import { type Family, formatIPv4 } from '../../../net/address.ts';
import { type ConnectionFailure, connectionFix, failureKind } from './connection-failure.ts';
import type { RouteCounts } from './event.ts';
import { type NotificationEnd, notificationFix } from './notification-fix.ts';
import type { DialOptions } from './options.ts';
import { downReason } from './text.ts';

/** What was seen until the end. */
export type DialFacts = {
  /** Null if no session was established. */
  readonly established: {
    readonly negotiated: NegotiatedTerms;
    readonly counts: Readonly<Record<Family, RouteCounts>>;
    readonly announcedPrefixes: number;
    /** Why it ended before the time was over, and after how many seconds; null if it did not. */
    readonly loss: { readonly seconds: number; readonly details: TransitionDetails } | null;
  } | null;
  /** The last OPEN of the router; null if none came. */
  readonly peerOpen: Open | null;
  /** The last end of a connection with a NOTIFICATION of either side; null if there was none. */
  readonly notified: TransitionDetails | null;
  /** The last problem as a sentence; '' if there was none. */
  readonly problem: string;
};

export type DialConclusion = {
  readonly established: boolean;
  /** For programs. */
  readonly kind: 'established' | 'lost' | 'waiting' | ConnectionFailure | NotificationEnd;
  /** Problem and cause, or what works; one sentence without a full stop. */
  readonly problem: string;
  /** Null if nothing has to be changed. */
  readonly fix: string | null;
};

export function concludeDial(facts: DialFacts, options: DialOptions): DialConclusion {
  if (facts.established !== null) return concludeEstablished(facts, facts.established, options);
  const name = remoteName(options.remote);
  if (facts.notified !== null) {
    const { kind, fix } = notificationFix(facts.notified, facts.peerOpen, options.settings);
    return {
      established: false,
      kind,
      problem: `no session with ${name}: ${downReason(facts.notified)}`,
      fix,
    };
  }
  if (facts.problem === '')
    return {
      established: false,
      kind: 'waiting',
      problem: `no session with ${name}: the time was over before anything happened`,
      fix: 'give it more time with --for',
    };
  const kind = failureKind(facts.problem);
  return {
    established: false,
    kind,
    problem: `no session with ${name}: ${facts.problem}`,
    fix: connectionFix(kind, options),
  };
}

function concludeEstablished(
  { peerOpen }: DialFacts,
  { negotiated, counts, announcedPrefixes, loss }: NonNullable<DialFacts['established']>,
  options: DialOptions,
): DialConclusion {
  const { settings, remote } = options;
  const name = remoteName(remote);
  if (loss !== null) {
    const { kind, fix } = notificationFix(loss.details, peerOpen, settings);
    const problem = `the session with ${name} was established, and ended after ${loss.seconds.toFixed(1)} s: ${downReason(loss.details)}`;
    const isNotified = (loss.details.sent ?? loss.details.received) !== null;
    return { established: true, kind: isNotified ? kind : 'lost', problem, fix };
  }
  const peer =
    peerOpen === null ? name : `${name} (AS ${peerOpen.asn}, identifier ${formatIPv4(peerOpen.routerId)})`;
  const missing = settings.families.filter((family) => !negotiated.families.includes(family));
  const received = negotiated.families.map((family) =>
    plural(counts[family].announced, `IPv${family} announcement`),
  );
  const parts = [
    `the session with ${peer} works for ${negotiated.families.map((family) => `IPv${family} unicast`).join(' and ')}`,
    `received ${received.join(' and ')}`,
    ...(announcedPrefixes === 0 ? [] : [`sent ${plural(announcedPrefixes, 'prefix', 'prefixes')}`]),
    ...missing.map((family) => `IPv${family} unicast is not offered by the router`),
  ];
  const faulty = counts[4].faulty + counts[6].faulty;
  return {
    established: true,
    kind: 'established',
    problem: parts.join(', '),
    fix:
      faulty === 0
        ? null
        : `${plural(faulty, 'UPDATE')} of the router had errors (RFC 7606): capture them and read them with berth bgp decode`,
  };
}

/** `The session … works …. Fix: …` */
export const conclusionText = ({ problem, fix }: DialConclusion): string =>
  `${problem[0]?.toUpperCase()}${problem.slice(1)}.${fix === null ? '' : ` Fix: ${fix}.`}`;
