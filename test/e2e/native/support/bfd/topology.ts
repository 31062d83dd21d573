/**
 * A node and a router with two cables between them, and a way over a third namespace, where each packet loses one from its
 * TTL. IPv4, IPv6 and link-local addresses; what uses authentication has the second cable.
 */
import { type NetworkNamespace, TestNetwork } from '../../../../support/netns/network.ts';
import type { TextSpec } from './report.ts';

/** Generous, since the machine has other things to do: 2 s until a session is down. */
export const INTERVALS = { desiredMinTx: 200, requiredMinRx: 200, detectMultiplier: 10 } as const;

export const NODE_KEY = [7, 'first secret'] as const;
export const NEXT_KEY = [8, 'second secret'] as const;

const spec = (key: string, local: string, remote: string, differing: Partial<TextSpec> = {}): TextSpec => ({
  ...{ key, remote, local, interface: null, minimumTtl: null, keys: [], intervals: INTERVALS },
  ...{ authentication: 'meticulous-keyed-sha1', passive: false },
  ...differing,
});

const secret = { interface: 'secret', keys: [NODE_KEY] };

export const PLAIN: readonly TextSpec[] = [
  spec('plain4', '10.9.0.1', '10.9.0.2', { interface: 'plain' }),
  spec('plain6', 'fd09:9::1', 'fd09:9::2'),
  spec('link6', 'fe80::9:1', 'fe80::9:2', { interface: 'plain' }),
];

/** Over one router: packets arrive with one less than the TTL with which they are sent. */
export const farSpecs = (sentTtl: number): readonly TextSpec[] => [
  spec('far4', '10.9.2.1', '10.9.3.2', { minimumTtl: sentTtl - 1 }),
  spec('far6', 'fd09:2::1', 'fd09:3::2', { minimumTtl: sentTtl - 1 }),
];

/** The TTL with which packets arrive is one too little. */
export const tooFarSpec = (sentTtl: number): TextSpec =>
  spec('too-far4', '10.9.2.1', '10.9.3.3', { minimumTtl: sentTtl });

export const SECRET: readonly TextSpec[] = [
  spec('secret4', '10.9.1.1', '10.9.1.2', secret),
  spec('secret6', 'fd09:1::1', 'fd09:1::2', secret),
];

export const keysOf = (specs: readonly TextSpec[]): readonly string[] => specs.map(({ key }) => key);

export type Topology = {
  readonly network: TestNetwork;
  readonly node: NetworkNamespace;
  readonly router: NetworkNamespace;
};

export function buildTopology(): Topology {
  const network = new TestNetwork();
  const node = network.namespace('node');
  const router = network.namespace('router');
  const middle = network.namespace('middle');
  node.addVeth('plain', router, 'plain');
  node.addVeth('secret', router, 'secret');
  node.addVeth('far', middle, 'node');
  router.addVeth('far', middle, 'router');
  node.ip(
    ...addresses('plain', '10.9.0.1/24', 'fd09:9::1/64', 'fe80::9:1/64'),
    ...addresses('secret', '10.9.1.1/24', 'fd09:1::1/64'),
    ...addresses('far', '10.9.2.1/24', 'fd09:2::1/64'),
    'route add 10.9.3.0/24 via 10.9.2.254',
    'route add fd09:3::/64 via fd09:2::254',
  );
  router.ip(
    ...addresses('plain', '10.9.0.2/24', 'fd09:9::2/64', 'fe80::9:2/64'),
    ...addresses('secret', '10.9.1.2/24', 'fd09:1::2/64'),
    ...addresses('far', '10.9.3.2/24', '10.9.3.3/24', 'fd09:3::2/64'),
    'route add 10.9.2.0/24 via 10.9.3.254',
    'route add fd09:2::/64 via fd09:3::254',
  );
  middle.ip(
    ...addresses('node', '10.9.2.254/24', 'fd09:2::254/64'),
    ...addresses('router', '10.9.3.254/24', 'fd09:3::254/64'),
  );
  return { network, node, router };
}

const addresses = (device: string, ...list: readonly string[]): readonly string[] =>
  list.map((address) => `addr add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`);
