/** A message for people: a line that says what it is, and the rest below it. */

import { formatAsPath } from '../../../bgp/attributes/as-path.ts';
import {
  formatLargeCommunity,
  formatStandardCommunity,
  wellKnownCommunityName,
} from '../../../bgp/attributes/community.ts';
import { formatExtendedCommunity } from '../../../bgp/attributes/extended-community.ts';
import type { NextHop, PathAttributes } from '../../../bgp/attributes/path.ts';
import { attributeName } from '../../../bgp/wire/attribute-kind.ts';
import { capabilityText, familyText } from '../../../bgp/wire/capability/text.ts';
import { type Message, type Open, REFRESH_SUBTYPE, type Update } from '../../../bgp/wire/message.ts';
import { decodePrefixes, type Nlri } from '../../../bgp/wire/nlri.ts';
import { notificationText } from '../../../bgp/wire/notification-text.ts';
import { formatAddress, formatIPv4 } from '../../../net/address.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import type { DecodedMessage } from './stream.ts';

export function formatDecoded({ at, bytes, message }: DecodedMessage): string {
  const head = `${at}: ${messageTypeName(message)}, ${bytes} octets`;
  return `${[head, ...messageLines(message).map((line) => `  ${line}`)].join('\n')}\n`;
}

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
      return 'asks for';
    case REFRESH_SUBTYPE.begin:
      return 'begins to tell again';
    case REFRESH_SUBTYPE.end:
      return 'has told again';
    default:
      return `subtype ${subtype} of`;
  }
}

function updateLines({ withdrawn, announced, attributes, endOfRib, faults }: Update): string[] {
  return [
    ...(endOfRib === null ? [] : [`end of all IPv${endOfRib} routes`]),
    ...withdrawn.flatMap((nlri) => prefixLines('withdraws', nlri)),
    ...announced.flatMap(({ nlri, nextHop }) => [
      `by ${hopText(nextHop)}`,
      ...prefixLines('announces', nlri),
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
