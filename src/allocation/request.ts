/** The request of a Service, read from its spec and annotations. */
import { err, ok, type Result } from '../base/result.ts';
import type { Sharing } from '../ipam/sharing.ts';
import { type Address, type Family, parseAddress } from '../net/address.ts';
import { invalidAddressText } from '../net/address-error.ts';
import { readRequestAnnotation as readAnnotation } from '../objects/annotations.ts';
import type { Service, ServicePort } from '../objects/service.ts';
import { sameAddresses } from './ingress-status.ts';
import { quote } from './quote.ts';

export type ServiceRequest = {
  /** Families of the cluster IPs, the primary one first; one or two. */
  readonly families: readonly Family[];
  readonly familyPolicy: 'single' | 'prefer' | 'require';
  /** The requested addresses, in the order of the annotation; null where none is requested. */
  readonly addresses: readonly Address[] | null;
  /** Why the requested addresses are invalid, with the annotation or field and the fix; null where they are valid. */
  readonly parseError: string | null;
  readonly pool: string | null;
  readonly sharing: Sharing;
  readonly ports: readonly ServicePort[];
};

/** Whether another pool or other addresses are requested than these. */
export const requestsOther = (
  request: Pick<ServiceRequest, 'addresses' | 'pool'>,
  { addresses, pool }: { readonly addresses: readonly Address[]; readonly pool: string },
): boolean =>
  (request.pool !== null && request.pool !== pool) ||
  (request.addresses !== null && !sameAddresses(request.addresses, addresses));

/** Null where the Service has no cluster IP, which decides the family of its address. */
export function readServiceRequest(service: Service): ServiceRequest | null {
  const families = clusterFamilies(service);
  if (families.length === 0) return null;
  const addresses = readAddresses(service);
  return {
    families,
    familyPolicy: familyPolicyOf(service),
    addresses: addresses.ok ? addresses.value : null,
    parseError: addresses.ok ? null : addresses.error,
    // MetalLB: an empty annotation requests nothing.
    pool: readAnnotation(service.annotations, 'pool')?.value || null,
    sharing: sharingOf(service),
    ports: service.ports ?? [],
  };
}

/** The deprecated annotations that are read of a Service. */
export function deprecatedKeys(service: Service): readonly string[] {
  return (['pool', 'addresses', 'sharing'] as const).flatMap((setting) => {
    const found = readAnnotation(service.annotations, setting);
    return found?.deprecated ? [found.key] : [];
  });
}

/**
 * MetalLB's rule: Services may share when their keys and these agree. With externalTrafficPolicy Local a node
 * serves only its own endpoints, so both must select the same pods. A Service with more than `PORTS_MAX` ports shares with
 * none: they are too many to compare.
 */
export function sharingOf(service: Service): Sharing {
  return {
    key: service.ports === null ? '' : (readAnnotation(service.annotations, 'sharing')?.value ?? ''),
    backend: service.externalTrafficPolicy === 'Local' ? service.selector : '',
  };
}

function familyPolicyOf(service: Service): ServiceRequest['familyPolicy'] {
  if (service.ipFamilyPolicy === 'RequireDualStack') return 'require';
  return service.ipFamilyPolicy === 'PreferDualStack' ? 'prefer' : 'single';
}

/** Cluster IPs come in the order of `ipFamilies`, so the first one is the primary. */
function clusterFamilies(service: Service): readonly Family[] {
  const families: Family[] = [];
  for (const text of service.clusterIPs) {
    if (text === '' || text === 'None') continue;
    const family: Family = text.includes(':') ? 6 : 4;
    if (!families.includes(family)) families.push(family);
  }
  return families;
}

function readAddresses(service: Service): Result<readonly Address[] | null, string> {
  const annotation = readAnnotation(service.annotations, 'addresses');
  const fromSpec = service.loadBalancerIP.trim();
  if (annotation === null || annotation.value === '') {
    return fromSpec === '' ? ok(null) : parseAddresses('spec.loadBalancerIP', fromSpec);
  }
  if (fromSpec !== '') {
    return err(
      `Both spec.loadBalancerIP and the annotation ${annotation.key} request addresses; keep the annotation and remove spec.loadBalancerIP`,
    );
  }
  return parseAddresses(`the annotation ${annotation.key}`, annotation.value);
}

/** Entries that are read: a Service can have one address of each family. */
const ADDRESSES_READ_MAX = 8;

function parseAddresses(source: string, text: string): Result<readonly Address[], string> {
  const addresses: Address[] = [];
  for (const part of text.split(',', ADDRESSES_READ_MAX)) {
    const parsed = parseAddress(part.trim());
    if (!parsed.ok) return err(`In ${source}, ${invalidAddressText(quote(part.trim()), parsed.error)}`);
    addresses.push(parsed.value);
  }
  return ok(addresses);
}
