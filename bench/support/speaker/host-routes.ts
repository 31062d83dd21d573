/** A table of host routes, and the configuration of each program that sends or receives it. */
import { FAMILY_BITS, type Family } from '../../../src/net/address.ts';
import { formatPrefix, type Prefix } from '../../../src/net/prefix.ts';
import { NODE_AS, ROUTER_AS } from './objects.ts';

export type RouteTable = {
  readonly family: Family;
  /** The addresses of the session. */
  readonly from: string;
  readonly to: string;
  readonly routes: number;
};

const FIRST = { 4: 10n << 24n, 6: 0x2001_0db8n << 96n } as const;

export const hostRoutes = (family: Family, routes: number): readonly Prefix[] =>
  Array.from({ length: routes }, (_, at) => ({
    family,
    bits: FIRST[family] + BigInt(at),
    length: FAMILY_BITS[family],
  }));

/** A BIRD that receives it. With `dials` it opens the session, since the sender is passive. */
export const birdReceiverConfig = (
  { family, from, to }: RouteTable,
  { dials }: { readonly dials: boolean },
): string =>
  lines([
    'router id 198.18.0.2;',
    'protocol device { }',
    'protocol bgp peer {',
    `  local ${to} port 179 as ${ROUTER_AS}; neighbor ${from} port 179 external;`,
    `  direct; ${dials ? 'connect delay time 1; connect retry time 1;' : 'passive;'} error wait time 1, 2;`,
    ...channels(family, 'import all; export none;'),
    '}',
  ]);

/** A BIRD that sends it as static routes. */
export const birdSenderConfig = ({ family, from, to, routes }: RouteTable): string =>
  lines([
    'router id 198.18.0.1;',
    'protocol device { }',
    `protocol static { ipv${family};`,
    ...hostRoutes(family, routes).map((prefix) => `  route ${formatPrefix(prefix)} blackhole;`),
    '}',
    'protocol bgp peer {',
    `  local ${from} port 179 as ${NODE_AS}; neighbor ${to} port 179 as ${ROUTER_AS};`,
    '  direct; connect delay time 1; connect retry time 1; error wait time 1, 2;',
    ...channels(family, 'import none; export all;'),
    '}',
  ]);

/** A GoBGP that receives it from `feeder` and sends it on. */
export const gobgpSenderConfig = ({ from, to }: RouteTable, feeder: string): object => ({
  global: { config: { as: NODE_AS + 1, 'router-id': '198.18.0.3', 'local-address-list': [from] } },
  neighbors: [
    { address: feeder, as: NODE_AS, passive: true },
    { address: to, as: ROUTER_AS, passive: true },
  ].map(({ address, as, passive }) => ({
    config: { 'neighbor-address': address, 'peer-as': as },
    transport: { config: { 'passive-mode': passive, 'local-address': from } },
    'ebgp-multihop': { config: { enabled: true, 'multihop-ttl': 8 } },
    'afi-safis': ['ipv4-unicast', 'ipv6-unicast'].map((name) => ({ config: { 'afi-safi-name': name } })),
  })),
});

const channels = (family: Family, text: string): readonly string[] => [`  ipv${family} { ${text} };`];

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
