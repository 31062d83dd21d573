/** A side as FRR 8.4 writes it. */
import { FAMILY_BITS, formatAddress } from '../../../net/address.ts';
import { formatPrefix, type Prefix } from '../../../net/prefix.ts';
import { commentLines, remarksOn } from './remarks.ts';
import { type End, HOLD, HOPS_MAX, KEEPALIVE, type Side } from './side.ts';

/** Seconds between two tries to connect. */
const RETRY = 5;
/** Neighbours that come by a network; FRR's own limit is 100. */
const DYNAMIC_MAX = 1000;

const IP = { 4: 'ip', 6: 'ipv6' } as const;
const INTO_NODES = 'berth-to-nodes';
const group = ({ family }: End): string => `berth-nodes-v${family}`;
const list = ({ family }: End): string => `berth-services-v${family}`;
const policy = ({ family }: End): string => `berth-from-nodes-v${family}`;

export function printFrr(side: Side): string {
  const { ends, as } = side;
  const first = ends.find(({ family }) => family === 4);
  const lines = [
    ...commentLines('!', [
      'FRR 8.4 or later: add it to frr.conf, or paste it into vtysh after "configure terminal". bgpd has to be on in /etc/frr/daemons.',
      ...remarksOn(side),
      'Nodes that are not on a subnet of the router also need: neighbor GROUP ebgp-multihop 8',
    ]),
    '!',
    ...ends.flatMap((end) => [...filter(end), '!']),
    `route-map ${INTO_NODES} deny 10`,
    'exit',
    '!',
    `router bgp ${as}`,
    first === undefined
      ? ' ! bgp router-id 192.0.2.1 is needed where the router has no IPv4 address at all'
      : ` bgp router-id ${formatAddress(first.address)}`,
    ...(ends.some(({ networks }) => networks.length > 0) ? [` bgp listen limit ${DYNAMIC_MAX}`] : []),
    ...ends.flatMap((end) => neighbours(side, end)),
    ...notIPv4(ends),
    ...ends.flatMap((end) => [' !', ...family(side, end)]),
    'exit',
    '!',
  ];
  return `${lines.join('\n')}\n`;
}

function filter(end: End): readonly string[] {
  const ip = IP[end.family];
  return [
    ...end.accepted.map(
      (prefix, index) => `${ip} prefix-list ${list(end)} seq ${5 * (index + 1)} permit ${within(prefix)}`,
    ),
    '!',
    `route-map ${policy(end)} permit 10`,
    ` match ${ip} address prefix-list ${list(end)}`,
    'exit',
  ];
}

/** A single address has no longer prefix in it. */
const within = (prefix: Prefix): string =>
  prefix.length === FAMILY_BITS[prefix.family]
    ? formatPrefix(prefix)
    : `${formatPrefix(prefix)} le ${FAMILY_BITS[prefix.family]}`;

function neighbours({ nodeAS, password }: Side, end: End): readonly string[] {
  const name = group(end);
  return [
    ` neighbor ${name} peer-group`,
    ` neighbor ${name} remote-as ${nodeAS}`,
    ` neighbor ${name} timers ${KEEPALIVE} ${HOLD}`,
    ` neighbor ${name} timers connect ${RETRY}`,
    ...(password === '' ? [] : [` neighbor ${name} password ${password}`]),
    ...end.neighbours.map((address) => ` neighbor ${formatAddress(address)} peer-group ${name}`),
    ...end.networks.map((network) => ` bgp listen range ${formatPrefix(network)} peer-group ${name}`),
  ];
}

/** FRR turns IPv4 on for every neighbour, whatever the address of its session. */
function notIPv4(ends: readonly End[]): readonly string[] {
  const groups = ends.filter(({ family }) => family === 6).map(group);
  if (groups.length === 0) return [];
  return [
    ' !',
    ' address-family ipv4 unicast',
    ...groups.map((name) => `  no neighbor ${name} activate`),
    ' exit-address-family',
  ];
}

function family({ as, nodeAS }: Side, end: End): readonly string[] {
  const name = group(end);
  return [
    ` address-family ipv${end.family} unicast`,
    `  neighbor ${name} activate`,
    `  neighbor ${name} route-map ${policy(end)} in`,
    `  neighbor ${name} route-map ${INTO_NODES} out`,
    `  maximum-paths ${as === nodeAS ? 'ibgp ' : ''}${HOPS_MAX}`,
    ' exit-address-family',
  ];
}
