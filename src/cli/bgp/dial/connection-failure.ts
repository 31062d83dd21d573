/** Kinds of failed connections, recognized by the sentences of `bgp/transport`, and the fix for each. */
import { formatAddress } from '../../../net/address.ts';
import type { DialOptions } from './options.ts';

export type ConnectionFailure =
  | 'refused'
  | 'no-answer'
  | 'no-route'
  | 'unreachable'
  | 'no-source'
  | 'blocked-here'
  | 'closed-before-open'
  | 'not-dialled'
  | 'no-open'
  | 'not-confirmed'
  | 'other';

/** In this order. A test compares them with every sentence that `bgp/transport` and the command itself write. */
const PATTERNS: readonly (readonly [pattern: RegExp, kind: ConnectionFailure])[] = [
  [/refuses the connection/, 'refused'],
  [/(does|did) not answer|stopped answering/, 'no-answer'],
  [/this node has no route to/, 'no-route'],
  [/is unreachable/, 'unreachable'],
  [/source address/, 'no-source'],
  [/the firewall of this node/, 'blocked-here'],
  [/closed the connection before/, 'closed-before-open'],
  [/has not connected to port/, 'not-dialled'],
  [/sent no OPEN/, 'no-open'],
  [/did not confirm ours/, 'not-confirmed'],
];

export const failureKind = (problem: string): ConnectionFailure =>
  PATTERNS.find(([pattern]) => pattern.test(problem))?.[1] ?? 'other';

/** Without a full stop. */
export function connectionFix(kind: ConnectionFailure, { remote, settings }: DialOptions): string {
  const { address, port, source, password, ttlSecurity } = remote;
  const router = formatAddress(address);
  const here = source === null ? 'the address of this node' : formatAddress(source);
  switch (kind) {
    case 'refused':
      return `configure ${here} as a neighbour on the router, and let its firewall accept TCP port ${port} from here`;
    case 'no-answer':
      return password !== null
        ? `give both sides the same password, and check that no firewall drops TCP port ${port}`
        : `check the address and the firewalls for TCP port ${port}; if the router requires a password, add --password-file${ttlSecurity === null ? '' : ', and check the number of hops in --ttl-security'}`;
    case 'no-route':
      return `add a route to ${router} on this node: "ip route get ${router}" shows what is missing`;
    case 'unreachable':
      return `check that the router is up, has the address ${router}, and is in the network that "ip route get ${router}" names`;
    case 'no-source':
      return `set --source to an address of this node of the family of ${router}: "ip address" lists them`;
    case 'blocked-here':
      return `let the firewall of this node pass TCP port ${port} to ${router}`;
    case 'closed-before-open':
      return `configure ${here} as a neighbour on the router; if a speaker of this node has that session already, it works, and the router refuses a second one`;
    case 'not-dialled':
      return `let the router connect to this node, not wait for it, and let the firewall of this node accept TCP port ${port}`;
    case 'no-open':
    case 'not-confirmed':
      return ttlSecurity === null
        ? 'if the router requires TTL security (GTSM), add --ttl-security 1; else read its log'
        : `check that the router has TTL security for the same number of hops (${ttlSecurity}), and read its log`;
    case 'other':
      return `compare the configuration of this neighbour on the router with AS ${settings.asn} here, and read its log`;
  }
}
