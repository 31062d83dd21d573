/** A decoded BGP message for people: its position, type and length, and its content below. */

import { formatAsPath } from '../../../bgp/attributes/as-path.ts';
import {
  formatLargeCommunity,
  formatStandardCommunity,
  wellKnownCommunityName,
} from '../../../bgp/attributes/community.ts';
import { formatExtendedCommunity } from '../../../bgp/attributes/extended-community.ts';
import type { NextHop, PathAttributes } from '../../../bgp/attributes/path.ts';
import { attributeName } from '../../../bgp/wire/attribute-kind.ts';
import { capabilityText, familyText } from '../../../bgp/wire/capability-text.ts';
import { type Message, type Open, REFRESH_SUBTYPE, type Update } from '../../../bgp/wire/message.ts';
import { decodePrefixes, type Nlri } from '../../../bgp/wire/nlri.ts';
import { notificationText } from '../../../bgp/wire/notification-text.ts';
import { formatAddress, formatIPv4 } from '../../../net/address.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import type { DecodedMessage } from './stream.ts';

export const decodedLines = ({ at, bytes, message }: DecodedMessage): readonly string[] => [
  `${at}: ${messageTypeName(message)}, ${bytes} octets`,
  ...messageLines(message).map((line) => `  ${line}`),
];

const messageTypeName = ({ kind }: Message): string => kind.toUpperCase();

function messageLines(message: Message): string[] {
  switch (message.kind) {
    case 'open':
      return openLines(message);
    case 'update':
      return updateLines(message);
    case 'notification':
      return [notificationText(message)];
    case 'keepalive':
      return [];
    case 'route-refresh':
      return [`${subtypeText(message.subtype)} ${familyText(message)}`];
  }
}

function openLines({ asn, holdTime, routerId, capabilities }: Open): string[] {
  return [
    `AS ${asn}, hold time ${holdTime} s, identifier ${formatIPv4(routerId)}`,
    ...capabilities.map((capability) => `offers ${capabilityText(capability)}`),
  ];
}

function subtypeText(subtype: number): string {
  switch (subtype) {
    case REFRESH_SUBTYPE.request:
      return 'requests';
    case REFRESH_SUBTYPE.begin:
      return 'begins the refresh of';
    case REFRESH_SUBTYPE.end:
      return 'ends the refresh of';
    default:
      return `subtype ${subtype} of`;
  }
}

function updateLines({ withdrawn, announced, attributes, endOfRib, faults }: Update): string[] {
  return [
    ...(endOfRib === null ? [] : [`End-of-RIB for IPv${endOfRib}`]),
    ...withdrawn.flatMap((nlri) => prefixLines('withdraws', nlri)),
    ...announced.flatMap(({ nlri, nextHop }) => [
      `next hop ${hopText(nextHop)}`,
      ...prefixLines('advertises', nlri),
    ]),
    ...(attributes === null ? [] : attributeLines(attributes)),
    ...faults.map(
      ({ type, reason: problem, rfc, handling }) => `${attributeName(type)} ${problem}: ${handling} (${rfc})`,
    ),
  ];
}

const prefixLines = (action: string, nlri: Nlri): string[] =>
  decodePrefixes(nlri).map((prefix) => `${action} ${formatPrefix(prefix)}`);

const hopText = ({ address, linkLocal }: NextHop): string =>
  linkLocal === null ? formatAddress(address) : `${formatAddress(address)} and ${formatAddress(linkLocal)}`;

function attributeLines(attributes: PathAttributes): string[] {
  const { origin, asPath, med, localPref, aggregator } = attributes;
  const list = (name: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`${name} ${items.join(' ')}`];
  return [
    `origin ${origin}`,
    `AS path ${asPath.length === 0 ? 'is empty' : formatAsPath(asPath)}`,
    ...(med === null ? [] : [`MED ${med}`]),
    ...(localPref === null ? [] : [`local preference ${localPref}`]),
    ...(attributes.atomicAggregate ? ['atomic aggregate'] : []),
    ...(aggregator === null
      ? []
      : [`aggregated by AS ${aggregator.asn}, ${formatIPv4(aggregator.routerId)}`]),
    ...list('communities', attributes.communities.map(communityText)),
    ...list('extended communities', attributes.extendedCommunities.map(formatExtendedCommunity)),
    ...list('large communities', attributes.largeCommunities.map(formatLargeCommunity)),
    ...attributes.others.map(({ type, value }) => `${attributeName(type)} ${hex(value)}`),
  ];
}

const communityText = (value: number): string =>
  wellKnownCommunityName(value) ?? formatStandardCommunity(value);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
