/** A message for people: a line that says what it is, and the rest below it. */
import { attributeName } from '../../bgp/wire/attributekind.ts';
import { capabilityText, familyText } from '../../bgp/wire/capabilitytext.ts';
import { type Message, type Open, REFRESH, type Update } from '../../bgp/wire/message.ts';
import { type Nlri, prefixesIn } from '../../bgp/wire/nlri.ts';
import { notificationText } from '../../bgp/wire/notificationtext.ts';
import { formatAddress, formatIPv4 } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { formatPath } from '../../routes/aspath.ts';
import { formatLarge, formatStandard, wellKnownName } from '../../routes/community.ts';
import { formatExtended } from '../../routes/extended.ts';
import type { NextHop, PathAttributes } from '../../routes/path.ts';
import type { Decoded } from './decodestream.ts';

export function decodedText({ at, bytes, message }: Decoded): string {
  const head = `${at}: ${nameOf(message)}, ${bytes} octets`;
  return `${[head, ...linesOf(message).map((line) => `  ${line}`)].join('\n')}\n`;
}

const nameOf = ({ kind }: Message): string => kind.toUpperCase();

function linesOf(message: Message): string[] {
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
    ...capabilities.map((one) => `offers ${capabilityText(one)}`),
  ];
}

function subtypeText(subtype: number): string {
  switch (subtype) {
    case REFRESH.request:
      return 'asks for';
    case REFRESH.begin:
      return 'begins to tell again';
    case REFRESH.end:
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
    ...faults.map(({ type, says, rfc, verdict }) => `${attributeName(type)} ${says}: ${verdict} (${rfc})`),
  ];
}

const prefixLines = (does: string, nlri: Nlri): string[] =>
  prefixesIn(nlri).map((prefix) => `${does} ${formatPrefix(prefix)}`);

const hopText = ({ address, linkLocal }: NextHop): string =>
  linkLocal === null ? formatAddress(address) : `${formatAddress(address)} and ${formatAddress(linkLocal)}`;

function attributeLines(attributes: PathAttributes): string[] {
  const { origin, asPath, med, localPref, aggregator } = attributes;
  const list = (name: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`${name} ${items.join(' ')}`];
  return [
    `origin ${origin}`,
    `AS path ${asPath.length === 0 ? 'is empty' : formatPath(asPath)}`,
    ...(med === null ? [] : [`MED ${med}`]),
    ...(localPref === null ? [] : [`local preference ${localPref}`]),
    ...(attributes.atomicAggregate ? ['atomic aggregate'] : []),
    ...(aggregator === null
      ? []
      : [`aggregated by AS ${aggregator.asn}, ${formatIPv4(aggregator.routerId)}`]),
    ...list('communities', attributes.communities.map(communityText)),
    ...list('extended communities', attributes.extendedCommunities.map(formatExtended)),
    ...list('large communities', attributes.largeCommunities.map(formatLarge)),
    ...attributes.others.map(({ type, value }) => `${attributeName(type)} ${hex(value)}`),
  ];
}

const communityText = (value: number): string => wellKnownName(value) ?? formatStandard(value);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
