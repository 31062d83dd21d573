/** A message for programs: numbers as numbers, addresses and prefixes as text, octets as hex. */
import { attributeName } from '../../bgp/wire/attributekind.ts';
import type { DecodeFailure, Message, Update } from '../../bgp/wire/message.ts';
import { prefixesIn } from '../../bgp/wire/nlri.ts';
import { notificationText } from '../../bgp/wire/notificationtext.ts';
import { formatAddress, formatIPv4 } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { formatLarge, formatStandard } from '../../routes/community.ts';
import { formatExtended } from '../../routes/extended.ts';
import type { PathAttributes } from '../../routes/path.ts';
import type { Decoded, StreamFailure } from './decodestream.ts';

export const decodedValue = ({ at, bytes, message }: Decoded) => ({ at, bytes, ...messageValue(message) });

function messageValue(message: Message) {
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
      return updateValue(message);
    case 'notification':
      return { ...message, data: hex(message.data), says: notificationText(message) };
    default:
      return message;
  }
}

const updateValue = ({ kind, withdrawn, announced, attributes, endOfRib, faults }: Update) => ({
  kind,
  endOfRib,
  withdrawn: withdrawn.flatMap((nlri) => prefixesIn(nlri).map(formatPrefix)),
  announced: announced.map(({ nlri, nextHop }) => ({
    nextHop: formatAddress(nextHop.address),
    linkLocal: nextHop.linkLocal === null ? null : formatAddress(nextHop.linkLocal),
    prefixes: prefixesIn(nlri).map(formatPrefix),
  })),
  attributes: attributes === null ? null : attributesValue(attributes),
  faults: faults.map((fault) => ({ attribute: attributeName(fault.type), ...fault })),
});

const attributesValue = (attributes: PathAttributes) => ({
  ...attributes,
  aggregator:
    attributes.aggregator === null
      ? null
      : { asn: attributes.aggregator.asn, routerId: formatIPv4(attributes.aggregator.routerId) },
  communities: attributes.communities.map(formatStandard),
  extendedCommunities: attributes.extendedCommunities.map(formatExtended),
  largeCommunities: attributes.largeCommunities.map(formatLarge),
  others: attributes.others.map((one) => ({ ...one, value: hex(one.value) })),
});

export const failureValue = ({ at, failure }: StreamFailure) => ({
  at,
  says: failureText(failure),
  ...(failure === null
    ? {}
    : { rfc: failure.rfc, notification: { ...failure.notification, data: hex(failure.notification.data) } }),
});

export const failureText = (failure: DecodeFailure | null): string =>
  failure === null
    ? 'the octets end within a message'
    : `${failure.says}; the answer is NOTIFICATION ${notificationText(failure.notification)}`;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
