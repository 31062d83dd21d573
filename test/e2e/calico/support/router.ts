/** Configuration of a testbed router for BIRD 2: the options of observed cases, and timers. */
import type { Family } from './bird1/objects.ts';

export type RouterOptions = {
  readonly as: number;
  readonly password?: string;
  readonly addPaths?: boolean;
  /** The only AS that it accepts; any but its own by default. */
  readonly nodeAS?: number;
  readonly ttlSecurity?: boolean;
  readonly listenPort?: number;
  readonly holdSeconds?: number;
  /** Import filter; accepts everything by default. */
  readonly imports?: string;
};

export type Neighbor = {
  /** Name of the protocol, which identifies the sender of a path. */
  readonly name: string;
  readonly family: Family;
  readonly address: string;
};

export const ROUTER_ADDRESS: Readonly<Record<Family, string>> = { 4: '10.10.0.1', 6: 'fd10:10::1' };

export function routerConfig(options: RouterOptions, neighbors: readonly Neighbor[]): string {
  const lines = [
    `router id ${ROUTER_ADDRESS[4]};`,
    'log stderr { info, warning, error, auth, fatal, bug };',
    'protocol device { scan time 2; }',
    ...[4, 6].map(
      (family) =>
        `protocol kernel kernel${family} { merge paths on; ipv${family} { import none; export all; }; }`,
    ),
    ...neighbors.flatMap((neighbor) => bgpProtocol(options, neighbor)),
  ];
  return `${lines.join('\n')}\n`;
}

const bgpProtocol = (options: RouterOptions, { name, family, address }: Neighbor): readonly string[] => [
  `protocol bgp ${name} {`,
  `  local ${ROUTER_ADDRESS[family]} port ${options.listenPort ?? 179} as ${options.as};`,
  `  neighbor ${address} port 179 ${options.nodeAS === undefined ? 'external' : `as ${options.nodeAS}`};`,
  '  direct; connect delay time 1; connect retry time 2; error wait time 1, 5;',
  ...(options.password === undefined ? [] : [`  password "${options.password}";`]),
  ...(options.ttlSecurity ? ['  ttl security on;'] : []),
  ...(options.holdSeconds === undefined ? [] : [`  hold time ${options.holdSeconds};`]),
  `  ipv${family} { import ${options.imports ?? 'all'}; export all; ${options.addPaths ? 'add paths rx; ' : ''}};`,
  '}',
];
