/** The router's configuration in the language of FRR 8.4. */
import { FAMILY_BITS, formatAddress } from '../../../net/address.ts';
import { formatPrefix, type Prefix } from '../../../net/prefix.ts';
import {
  ECMP_PATHS_MAX,
  type FamilyOptions,
  HOLD_TIME_SECONDS,
  KEEPALIVE_SECONDS,
  type RouterOptions,
} from './options.ts';
import { commentParagraphs, routerRemarks } from './remarks.ts';

/** Seconds between two attempts to connect. */
const CONNECT_RETRY_SECONDS = 5;
/** Neighbours of a subnet (dynamic neighbours); FRR's default limit is 100. */
const DYNAMIC_NEIGHBOURS_MAX = 1000;

const IP = { 4: 'ip', 6: 'ipv6' } as const;
const EXPORT_ROUTE_MAP = 'berth-to-nodes';
const peerGroupName = ({ family }: FamilyOptions): string => `berth-nodes-v${family}`;
const prefixListName = ({ family }: FamilyOptions): string => `berth-services-v${family}`;
const importRouteMapName = ({ family }: FamilyOptions): string => `berth-from-nodes-v${family}`;

export function frrConfig(router: RouterOptions): string {
  const { families, as } = router;
  const first = families.find(({ family }) => family === 4);
  const lines = [
    ...commentParagraphs('!', [
      'For FRR 8.4 or later: add it to frr.conf, or paste it into vtysh after "configure terminal". bgpd has to be enabled in /etc/frr/daemons.',
      ...routerRemarks(router),
      'Nodes outside of the subnets of the router also need: neighbor GROUP ebgp-multihop 8',
    ]),
    '!',
    ...families.flatMap((familyOptions) => [...importPolicy(familyOptions), '!']),
    `route-map ${EXPORT_ROUTE_MAP} deny 10`,
    'exit',
    '!',
    `router bgp ${as}`,
    first === undefined
      ? ' ! bgp router-id 192.0.2.1 is needed if the router has no IPv4 address'
      : ` bgp router-id ${formatAddress(first.address)}`,
    ...(families.some(({ networks }) => networks.length > 0)
      ? [` bgp listen limit ${DYNAMIC_NEIGHBOURS_MAX}`]
      : []),
    ...families.flatMap((familyOptions) => neighbourLines(router, familyOptions)),
    ...deactivateIPv4(families),
    ...families.flatMap((familyOptions) => [' !', ...addressFamilyLines(router, familyOptions)]),
    'exit',
    '!',
  ];
  return `${lines.join('\n')}\n`;
}

function importPolicy(familyOptions: FamilyOptions): readonly string[] {
  const ip = IP[familyOptions.family];
  return [
    ...familyOptions.acceptedPrefixes.map(
      (prefix, index) =>
        `${ip} prefix-list ${prefixListName(familyOptions)} seq ${5 * (index + 1)} permit ${prefixOrLonger(prefix)}`,
    ),
    '!',
    `route-map ${importRouteMapName(familyOptions)} permit 10`,
    ` match ${ip} address prefix-list ${prefixListName(familyOptions)}`,
    'exit',
  ];
}

/** `le` would be an error for a single address. */
const prefixOrLonger = (prefix: Prefix): string =>
  prefix.length === FAMILY_BITS[prefix.family]
    ? formatPrefix(prefix)
    : `${formatPrefix(prefix)} le ${FAMILY_BITS[prefix.family]}`;

function neighbourLines(
  { nodeAS, password }: RouterOptions,
  familyOptions: FamilyOptions,
): readonly string[] {
  const name = peerGroupName(familyOptions);
  return [
    ` neighbor ${name} peer-group`,
    ` neighbor ${name} remote-as ${nodeAS}`,
    ` neighbor ${name} timers ${KEEPALIVE_SECONDS} ${HOLD_TIME_SECONDS}`,
    ` neighbor ${name} timers connect ${CONNECT_RETRY_SECONDS}`,
    ...(password === '' ? [] : [` neighbor ${name} password ${password}`]),
    ...familyOptions.neighbours.map((address) => ` neighbor ${formatAddress(address)} peer-group ${name}`),
    ...familyOptions.networks.map(
      (network) => ` bgp listen range ${formatPrefix(network)} peer-group ${name}`,
    ),
  ];
}

/** FRR activates IPv4 for every neighbour, whatever the family of its session. */
function deactivateIPv4(families: readonly FamilyOptions[]): readonly string[] {
  const groups = families.filter(({ family }) => family === 6).map(peerGroupName);
  if (groups.length === 0) return [];
  return [
    ' !',
    ' address-family ipv4 unicast',
    ...groups.map((name) => `  no neighbor ${name} activate`),
    ' exit-address-family',
  ];
}

function addressFamilyLines({ as, nodeAS }: RouterOptions, familyOptions: FamilyOptions): readonly string[] {
  const name = peerGroupName(familyOptions);
  return [
    ` address-family ipv${familyOptions.family} unicast`,
    `  neighbor ${name} activate`,
    `  neighbor ${name} route-map ${importRouteMapName(familyOptions)} in`,
    `  neighbor ${name} route-map ${EXPORT_ROUTE_MAP} out`,
    `  maximum-paths ${as === nodeAS ? 'ibgp ' : ''}${ECMP_PATHS_MAX}`,
    ' exit-address-family',
  ];
}
