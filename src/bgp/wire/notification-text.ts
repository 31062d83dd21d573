/** Formats a NOTIFICATION for logs and people. */
import { CEASE, ERROR, HEADER_ERROR, OPEN_ERROR, REFRESH_ERROR, STATE_ERROR, UPDATE_ERROR } from './codes.ts';
import type { Notification } from './message.ts';
import { shutdownCommunication, unwrapHardReset } from './notification.ts';

type Names = ReadonlyMap<number, string>;

/** Names from the IANA registry. */
const CODES: Names = new Map([
  [ERROR.header, 'Message Header Error'],
  [ERROR.open, 'OPEN Message Error'],
  [ERROR.update, 'UPDATE Message Error'],
  [ERROR.holdTimer, 'Hold Timer Expired'],
  [ERROR.stateMachine, 'Finite State Machine Error'],
  [ERROR.cease, 'Cease'],
  [ERROR.routeRefresh, 'ROUTE-REFRESH Message Error'],
  [ERROR.sendHoldTimer, 'Send Hold Timer Expired'],
]);

const SUBCODES: ReadonlyMap<number, Names> = new Map<number, Names>([
  [
    ERROR.header,
    new Map([
      [HEADER_ERROR.notSynchronized, 'Connection Not Synchronized'],
      [HEADER_ERROR.badLength, 'Bad Message Length'],
      [HEADER_ERROR.badType, 'Bad Message Type'],
    ]),
  ],
  [
    ERROR.open,
    new Map([
      [OPEN_ERROR.version, 'Unsupported Version Number'],
      [OPEN_ERROR.badPeerAs, 'Bad Peer AS'],
      [OPEN_ERROR.badIdentifier, 'Bad BGP Identifier'],
      [OPEN_ERROR.optionalParameter, 'Unsupported Optional Parameter'],
      [OPEN_ERROR.holdTime, 'Unacceptable Hold Time'],
      [OPEN_ERROR.unsupportedCapability, 'Unsupported Capability'],
      [OPEN_ERROR.roleMismatch, 'Role Mismatch'],
    ]),
  ],
  [
    ERROR.update,
    new Map([
      [UPDATE_ERROR.malformedList, 'Malformed Attribute List'],
      [UPDATE_ERROR.unrecognizedWellKnown, 'Unrecognized Well-known Attribute'],
      [UPDATE_ERROR.missingWellKnown, 'Missing Well-known Attribute'],
      [UPDATE_ERROR.flags, 'Attribute Flags Error'],
      [UPDATE_ERROR.length, 'Attribute Length Error'],
      [UPDATE_ERROR.origin, 'Invalid ORIGIN Attribute'],
      [UPDATE_ERROR.nextHop, 'Invalid NEXT_HOP Attribute'],
      [UPDATE_ERROR.optional, 'Optional Attribute Error'],
      [UPDATE_ERROR.network, 'Invalid Network Field'],
      [UPDATE_ERROR.asPath, 'Malformed AS_PATH'],
    ]),
  ],
  [
    ERROR.stateMachine,
    new Map([
      [STATE_ERROR.inOpenSent, 'Receive Unexpected Message in OpenSent State'],
      [STATE_ERROR.inOpenConfirm, 'Receive Unexpected Message in OpenConfirm State'],
      [STATE_ERROR.inEstablished, 'Receive Unexpected Message in Established State'],
    ]),
  ],
  [
    ERROR.cease,
    new Map([
      [CEASE.maximumPrefixes, 'Maximum Number of Prefixes Reached'],
      [CEASE.administrativeShutdown, 'Administrative Shutdown'],
      [CEASE.peerDeconfigured, 'Peer De-configured'],
      [CEASE.administrativeReset, 'Administrative Reset'],
      [CEASE.connectionRejected, 'Connection Rejected'],
      [CEASE.otherConfigurationChange, 'Other Configuration Change'],
      [CEASE.collision, 'Connection Collision Resolution'],
      [CEASE.outOfResources, 'Out of Resources'],
      [CEASE.hardReset, 'Hard Reset'],
      [CEASE.bfdDown, 'BFD Down'],
    ]),
  ],
  [ERROR.routeRefresh, new Map([[REFRESH_ERROR.length, 'Invalid Message Length']])],
]);

/** `Cease / Administrative Shutdown (6/2): "maintenance"`; a hard reset is followed by the NOTIFICATION that it wraps. */
export function notificationText(message: Notification): string {
  const wrapped = unwrapHardReset(message);
  return wrapped === null ? bareText(message) : `${errorName(message)}: ${bareText(wrapped)}`;
}

function bareText(message: Notification): string {
  const communication = shutdownCommunication(message);
  return communication === null
    ? errorName(message)
    : `${errorName(message)}: ${JSON.stringify(communication)}`;
}

function errorName({ code, subcode }: Notification): string {
  const name = CODES.get(code) ?? 'unknown error';
  const detail = SUBCODES.get(code)?.get(subcode);
  return `${detail === undefined ? name : `${name} / ${detail}`} (${code}/${subcode})`;
}
