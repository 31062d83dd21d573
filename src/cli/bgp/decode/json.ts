/** A decoded BGP message as JSON: addresses and prefixes as text, octets as hex. */

import { formatLargeCommunity, formatStandardCommunity } from '../../../bgp/attributes/community.ts';
import { formatExtendedCommunity } from '../../../bgp/attributes/extended-community.ts';
import type { PathAttributes } from '../../../bgp/attributes/path.ts';
import { attributeName } from '../../../bgp/wire/attribute-kind.ts';
import type { DecodeFailure, Message, Update } from '../../../bgp/wire/message.ts';
import { decodePrefixes } from '../../../bgp/wire/nlri.ts';
import { notificationText } from '../../../bgp/wire/notification-text.ts';
import { formatAddress, formatIPv4 } from '../../../net/address.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import type { DecodedMessage, StreamFailure } from './stream.ts';

export const decodedJson = ({ at, bytes, message }: DecodedMessage) => ({
  at,
  bytes,
  ...messageJson(message),
});

function messageJson(message: Message) {
  switch (message.kind) {
    case 'open':
      return {
        ...message,
        routerId: formatIPv4(message.routerId),
        capabilities: message.capabilities.map((one) =>
          one.kind === 'unknown' ? { ...one, value: hex(one.value) } : one,
        ),
      };
    case 'update':
      return updateJson(message);
    case 'notification':
      return { ...message, data: hex(message.data), says: notificationText(message) };
    default:
      return message;
  }
}

const updateJson = ({ kind, withdrawn, announced, attributes, endOfRib, faults }: Update) => ({
  kind,
  endOfRib,
  withdrawn: withdrawn.flatMap((nlri) => decodePrefixes(nlri).map(formatPrefix)),
  announced: announced.map(({ nlri, nextHop }) => ({
    nextHop: formatAddress(nextHop.address),
    linkLocal: nextHop.linkLocal === null ? null : formatAddress(nextHop.linkLocal),
    prefixes: decodePrefixes(nlri).map(formatPrefix),
  })),
  attributes: attributes === null ? null : attributesJson(attributes),
  faults: faults.map((fault) => ({ attribute: attributeName(fault.type), ...fault })),
});

const attributesJson = (attributes: PathAttributes) => ({
  ...attributes,
  aggregator:
    attributes.aggregator === null
      ? null
      : { asn: attributes.aggregator.asn, routerId: formatIPv4(attributes.aggregator.routerId) },
  communities: attributes.communities.map(formatStandardCommunity),
  extendedCommunities: attributes.extendedCommunities.map(formatExtendedCommunity),
  largeCommunities: attributes.largeCommunities.map(formatLargeCommunity),
  others: attributes.others.map((one) => ({ ...one, value: hex(one.value) })),
});

export const failureJson = ({ at, failure }: StreamFailure) => ({
  at,
  says: failureText(failure),
  ...(failure === null
    ? {}
    : { rfc: failure.rfc, notification: { ...failure.notification, data: hex(failure.notification.data) } }),
});

export const failureText = (failure: DecodeFailure | null): string =>
  failure === null
    ? 'the input ends within a message'
    : `${failure.reason}; it is answered with NOTIFICATION ${notificationText(failure.notification)}`;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
