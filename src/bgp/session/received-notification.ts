/** What a NOTIFICATION of the peer means for us, in a sentence; its name and its communication stand behind. */
import { formatIPv4 } from '../../net/address.ts';
import { CEASE, ERROR, OPEN_ERROR } from '../wire/codes.ts';
import type { Notification } from '../wire/message.ts';
import { notificationText } from '../wire/notification-text.ts';
import type { BgpSessionSettings } from './settings.ts';

type Meaning = (settings: BgpSessionSettings) => string;
type Meanings = ReadonlyMap<number, Meaning>;

const OPEN_MEANINGS: Meanings = new Map<number, Meaning>([
  [OPEN_ERROR.version, () => 'the peer does not speak version 4 of BGP'],
  [OPEN_ERROR.badPeerAs, ({ asn }) => `the peer does not expect us to be AS ${asn}`],
  [
    OPEN_ERROR.badIdentifier,
    ({ routerId }) => `the peer does not take our BGP Identifier ${formatIPv4(routerId)}`,
  ],
  [OPEN_ERROR.optionalParameter, () => 'the peer does not know an optional parameter of our OPEN'],
  [OPEN_ERROR.holdTime, ({ holdTime }) => `the peer does not take our hold time of ${holdTime} s`],
  [OPEN_ERROR.unsupportedCapability, () => 'the peer wants a capability that we did not offer'],
]);

const CEASE_MEANINGS: Meanings = new Map<number, Meaning>([
  [CEASE.maximumPrefixes, () => 'the peer got more prefixes of us than it takes'],
  [CEASE.administrativeShutdown, () => 'the people of the peer shut the session down'],
  [CEASE.peerDeconfigured, () => 'the peer has us no longer in its configuration'],
  [CEASE.administrativeReset, () => 'the people of the peer reset the session'],
  [CEASE.connectionRejected, () => 'the peer does not take our connection, at least not now'],
  [CEASE.otherConfigurationChange, () => 'the configuration of the peer was changed'],
  [CEASE.collision, () => 'the peer keeps another connection with us'],
  [CEASE.outOfResources, () => 'the peer is out of resources'],
  [CEASE.hardReset, () => 'the peer ended the session for good'],
  [CEASE.bfdDown, () => 'the peer does not see us by BFD'],
]);

const CODE_MEANINGS: Meanings = new Map<number, Meaning>([
  [ERROR.header, () => 'the peer could not read a message of ours'],
  [ERROR.open, () => 'the peer does not take our OPEN'],
  [ERROR.update, () => 'the peer could not read an UPDATE of ours'],
  [ERROR.holdTimer, () => 'the peer heard nothing of us for the hold time'],
  [ERROR.stateMachine, () => 'the peer did not expect what we sent'],
  [ERROR.sendHoldTimer, () => 'the peer could not get its messages to us'],
]);

export function receivedNotificationText(settings: BgpSessionSettings, message: Notification): string {
  const { code, subcode } = message;
  const meanings = code === ERROR.open ? OPEN_MEANINGS : code === ERROR.cease ? CEASE_MEANINGS : null;
  const meaning = meanings?.get(subcode) ?? CODE_MEANINGS.get(code);
  return `${meaning?.(settings) ?? 'the peer ended the session'}: ${notificationText(message)}`;
}
