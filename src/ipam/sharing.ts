/**
 * Sharing: which Services may hold one address together. MetalLB's rule: the same sharing key, which is not empty; the same
 * backend (the selector with `externalTrafficPolicy: Local`, else nothing); and no port of one protocol in common.
 */
import { sameMembers } from '../base/list.ts';
import type { ServiceKey, ServicePort } from '../objects/service.ts';

/** `key` '' does not share. */
export type Sharing = { readonly key: string; readonly backend: string };

/** A Service's claim to an address that it requests or holds. */
export type Claim = {
  readonly holder: ServiceKey;
  readonly sharing: Sharing;
  readonly ports: readonly ServicePort[];
};

/** Why two claims cannot share an address; 'exclusive' where one of them does not share. */
export type SharingConflict = 'exclusive' | 'key' | 'backend' | 'port';

/** `TCP/80`. */
export const formatPort = ({ protocol, port }: ServicePort): string => `${protocol}/${port}`;

/** The first conflict in the order of the type; null where the two may share. */
export function findSharingConflict(one: Claim, other: Claim): SharingConflict | null {
  if (one.sharing.key === '' || other.sharing.key === '') return 'exclusive';
  if (one.sharing.key !== other.sharing.key) return 'key';
  if (one.sharing.backend !== other.sharing.backend) return 'backend';
  return one.ports.some((port) => usesPort(other, port)) ? 'port' : null;
}

export const usesPort = (claim: Claim, { protocol, port }: ServicePort): boolean =>
  claim.ports.some((own) => own.port === port && own.protocol === protocol);

export const sameSharing = (a: Sharing, b: Sharing): boolean => a.key === b.key && a.backend === b.backend;

/** Equal as sets. */
export function samePorts(a: readonly ServicePort[], b: readonly ServicePort[]): boolean {
  if (a === b) return true;
  return sameMembers(new Set(a.map(formatPort)), new Set(b.map(formatPort)));
}
