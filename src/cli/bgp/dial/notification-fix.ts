/** The fix for a session that ended with a NOTIFICATION, by who sent it and why. */
import type { TransitionDetails } from '../../../bgp/session/events.ts';
import type { BgpSessionSettings } from '../../../bgp/session/settings.ts';
import { CEASE, ERROR, OPEN_ERROR } from '../../../bgp/wire/codes.ts';
import type { Notification, Open } from '../../../bgp/wire/message.ts';
import { unwrapHardReset } from '../../../bgp/wire/notification.ts';
import { formatIPv4 } from '../../../net/address.ts';

/** Who ended it, and which part of the OPEN was wrong. */
export type NotificationEnd =
  | 'wrong-as'
  | 'wrong-identifier'
  | 'hold-time'
  | 'capability'
  | 'open-refused'
  | 'closed-by-router'
  | 'hold-expired'
  | 'protocol-error';

type NotificationFix = { readonly kind: NotificationEnd; readonly fix: string };

/** Without full stops. */
export function notificationFix(
  { sent, received, text }: Pick<TransitionDetails, 'sent' | 'received' | 'text'>,
  peerOpen: Open | null,
  settings: BgpSessionSettings,
): NotificationFix {
  if (received !== null) return receivedFix(unwrapHardReset(received) ?? received, settings);
  if (sent?.code === ERROR.open)
    return sentOpenFix(sent, peerOpen?.asn.toString() ?? peerAsIn(text), settings);
  if (sent?.code === ERROR.holdTimer)
    return {
      kind: 'hold-expired',
      fix: 'check the path between the two, and whether a firewall or a small MTU drops larger packets',
    };
  return {
    kind: 'protocol-error',
    fix: 'capture the messages of the router, and read them with berth bgp decode',
  };
}

/** The AS number of an OPEN that was refused for it: only the sentence has it then. */
const peerAsIn = (text: string): string | null =>
  /the peer is in (?:our own )?AS (\d+)/.exec(text)?.[1] ?? null;

/** We refused the OPEN of the router. */
function sentOpenFix(
  { subcode }: Notification,
  peerAs: string | null,
  { routerId, families }: BgpSessionSettings,
): NotificationFix {
  switch (subcode) {
    case OPEN_ERROR.badPeerAs:
      return {
        kind: 'wrong-as',
        fix:
          peerAs === null
            ? 'correct --peer-as, or the AS number of the router'
            : `use --peer-as ${peerAs}, or correct the AS number of the router`,
      };
    case OPEN_ERROR.badIdentifier:
      return {
        kind: 'wrong-identifier',
        fix: `give the two different BGP Identifiers: --router-id here (now ${formatIPv4(routerId)}), or the router ID of the router`,
      };
    case OPEN_ERROR.holdTime:
      return { kind: 'hold-time', fix: 'set the hold time of the router to 0, or to 3 s and more' };
    case OPEN_ERROR.unsupportedCapability:
      return {
        kind: 'capability',
        fix: `enable an address family on the router for this neighbour: ${families.map((family) => `IPv${family} unicast`).join(' or ')}`,
      };
    default:
      return {
        kind: 'open-refused',
        fix: 'capture the OPEN of the router, and read it with berth bgp decode',
      };
  }
}

/** The router ended the session. */
function receivedFix(
  { code, subcode }: Notification,
  { asn, holdTime, routerId }: BgpSessionSettings,
): NotificationFix {
  if (code === ERROR.open) {
    switch (subcode) {
      case OPEN_ERROR.badPeerAs:
        return {
          kind: 'wrong-as',
          fix: `set --as to the number that the router expects of this neighbour, or configure ${asn} there`,
        };
      case OPEN_ERROR.badIdentifier:
        return {
          kind: 'wrong-identifier',
          fix: `choose another BGP Identifier with --router-id: the router refuses ${formatIPv4(routerId)}`,
        };
      case OPEN_ERROR.holdTime:
        return {
          kind: 'hold-time',
          fix: `choose another --hold than ${holdTime}: the router has a minimum for it`,
        };
      case OPEN_ERROR.unsupportedCapability:
        return {
          kind: 'capability',
          fix: 'let the router not require that capability of this neighbour; above is what it offers itself',
        };
      default:
        return { kind: 'open-refused', fix: 'read the log of the router: it names the part of our OPEN' };
    }
  }
  if (code === ERROR.holdTimer)
    return {
      kind: 'hold-expired',
      fix: 'check the path between the two, and whether a firewall or a small MTU drops larger packets',
    };
  if (code !== ERROR.cease)
    return {
      kind: 'protocol-error',
      fix: 'read the log of the router: it names the message that it refused',
    };
  return { kind: 'closed-by-router', fix: CEASE_FIXES.get(subcode) ?? 'read the log of the router' };
}

const CEASE_FIXES: ReadonlyMap<number, string> = new Map([
  [CEASE.maximumPrefixes, 'announce fewer prefixes, or raise the limit of this neighbour on the router'],
  [CEASE.administrativeShutdown, 'enable the neighbour on the router again'],
  [CEASE.peerDeconfigured, 'configure this node as a neighbour on the router again'],
  [CEASE.administrativeReset, 'try again: the router was only reset'],
  [
    CEASE.connectionRejected,
    'configure this node as a neighbour on the router; if a speaker of this node has that session already, it refuses a second one',
  ],
  [CEASE.otherConfigurationChange, 'try again: the configuration of the router has changed'],
  [CEASE.collision, 'stop the other session between the two: a speaker of this node may have it'],
  [CEASE.outOfResources, 'look at the memory and the limits of the router'],
  [CEASE.bfdDown, 'look at the BFD session with the router: the path from here to it fails'],
]);
