/** Explains a received NOTIFICATION in one sentence, followed by its name and shutdown communication. */
import { formatIPv4 } from '../../net/address.ts';
import { CEASE, ERROR, OPEN_ERROR } from '../wire/codes.ts';
import type { Notification } from '../wire/message.ts';
import { unwrapHardReset } from '../wire/notification.ts';
import { notificationText } from '../wire/notification-text.ts';
import type { BgpSessionSettings } from './settings.ts';

type Meaning = (settings: BgpSessionSettings) => string;
type Meanings = ReadonlyMap<number, Meaning>;

const OPEN_MEANINGS: Meanings = new Map<number, Meaning>([
  [OPEN_ERROR.version, () => 'the peer does not support BGP version 4'],
  [OPEN_ERROR.badPeerAs, ({ asn }) => `the peer rejects our AS number ${asn}`],
  [OPEN_ERROR.badIdentifier, ({ routerId }) => `the peer rejects our BGP Identifier ${formatIPv4(routerId)}`],
  [OPEN_ERROR.optionalParameter, () => 'the peer does not support an optional parameter of our OPEN'],
  [OPEN_ERROR.holdTime, ({ holdTime }) => `the peer rejects our hold time of ${holdTime} s`],
  [OPEN_ERROR.unsupportedCapability, () => 'the peer requires a capability that we do not offer'],
]);

const CEASE_MEANINGS: Meanings = new Map<number, Meaning>([
  [CEASE.maximumPrefixes, () => 'we sent more prefixes than the peer accepts'],
  [CEASE.administrativeShutdown, () => "the peer's administrator shut the session down"],
  [CEASE.peerDeconfigured, () => 'the peer removed this session from its configuration'],
  [CEASE.administrativeReset, () => "the peer's administrator reset the session"],
  [CEASE.connectionRejected, () => 'the peer rejected our connection, at least for now'],
  [CEASE.otherConfigurationChange, () => "the peer's configuration was changed"],
  [CEASE.collision, () => 'connection collision: the peer keeps the other connection'],
  [CEASE.outOfResources, () => 'the peer is out of resources'],
  [CEASE.hardReset, () => 'the peer ended the session without graceful restart'],
  [
    CEASE.bfdDown,
    () => 'the BFD session of the peer with us went down, so the path from us to the peer failed',
  ],
]);

const CODE_MEANINGS: Meanings = new Map<number, Meaning>([
  [ERROR.header, () => 'the peer rejected the header of a message that we sent'],
  [ERROR.open, () => 'the peer rejected our OPEN'],
  [ERROR.update, () => 'the peer rejected an UPDATE that we sent'],
  [ERROR.holdTimer, () => 'the peer received no message from us within its hold time'],
  [ERROR.stateMachine, () => 'the peer received a message that is unexpected in its state'],
  [ERROR.sendHoldTimer, () => 'we read none of the messages of the peer within its send hold time'],
]);

/** What a hard reset wraps, where that has a meaning of its own. */
function hardResetCause(message: Notification): Notification | null {
  const wrapped = unwrapHardReset(message);
  return wrapped?.code === ERROR.cease && CEASE_MEANINGS.has(wrapped.subcode) ? wrapped : null;
}

export function receivedNotificationText(settings: BgpSessionSettings, message: Notification): string {
  const { code, subcode } = hardResetCause(message) ?? message;
  const meanings = code === ERROR.open ? OPEN_MEANINGS : code === ERROR.cease ? CEASE_MEANINGS : null;
  const meaning = meanings?.get(subcode) ?? CODE_MEANINGS.get(code);
  return `${meaning?.(settings) ?? 'the peer ended the session'}: ${notificationText(message)}`;
}
