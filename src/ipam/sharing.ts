/**
 * Who may stand on one address together. MetalLB's rule: the same sharing key, not empty; the same backend (for
 * `externalTrafficPolicy: Local` the selector, else nothing); and no (protocol, port) in common.
 */
import type { ServiceKey } from '../objects/service.ts';

export type Port = { readonly protocol: string; readonly port: number };

/** `key` '' shares with nobody. */
export type Sharing = { readonly key: string; readonly backend: string };

/** What a Service brings along when it asks for an address, or holds one. */
export type Claim = {
  readonly holder: ServiceKey;
  readonly sharing: Sharing;
  readonly ports: readonly Port[];
};

/** Why two claims cannot stand on one address; 'exclusive' where one of them shares with nobody. */
export type SharingConflict = 'exclusive' | 'key' | 'backend' | 'port';

/** What a port is called in the books: `TCP/80`. */
export const formatPort = ({ protocol, port }: Port): string => `${protocol}/${port}`;

/** The first obstacle in the order of the type, or null where the two get along. */
export function findSharingConflict(one: Claim, other: Claim): SharingConflict | null {
  if (one.sharing.key === '' || other.sharing.key === '') return 'exclusive';
  if (one.sharing.key !== other.sharing.key) return 'key';
  if (one.sharing.backend !== other.sharing.backend) return 'backend';
  return one.ports.some((port) => usesPort(other, port)) ? 'port' : null;
}

export const usesPort = (claim: Claim, { protocol, port }: Port): boolean =>
  claim.ports.some((own) => own.port === port && own.protocol === protocol);

export const sameSharing = (a: Sharing, b: Sharing): boolean => a.key === b.key && a.backend === b.backend;

/** Equal as sets. */
export function samePorts(a: readonly Port[], b: readonly Port[]): boolean {
  if (a === b) return true;
  const names = new Set(a.map(formatPort));
  const others = new Set(b.map(formatPort));
  return names.size === others.size && [...names].every((name) => others.has(name));
}
