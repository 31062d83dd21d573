/** Addresses that the cluster uses for something else than our Services: those of nodes, and its cluster IPs. */
import { fieldsOf, listOf, type Raw, textOf } from '../../cluster/fields.ts';
import type { Service } from '../../cluster/service.ts';
import type { KnownAddress, KnownAddresses, KnownRange } from '../../config/pool-warnings.ts';
import { listAll } from '../../kube/list.ts';
import type { ApiSender } from '../../kube/outcome.ts';
import { SERVICE_CIDRS } from '../../kube/resource.ts';
import { parseAddress } from '../../net/address.ts';
import { parseRange } from '../../net/range.ts';
import type { PictureContext } from '../../program/main/picture.ts';
import { PoolWarnings, type PoolWarningsOptions } from '../poolwarnings.ts';
import type { WatchedNode } from './objects.ts';
import type { Scenery } from './scenery.ts';

/** `PoolWarnings`, going by what the pictures show of nodes and cluster IPs. */
export function poolWarnings(
  { client, clock, log }: PictureContext,
  options: Omit<PoolWarningsOptions, 'clock' | 'log' | 'known'> & { readonly scenery: Scenery },
): PoolWarnings {
  const { scenery, ...rest } = options;
  const nodes = () => scenery.nodes.store.values();
  const services = () => scenery.services.store.values();
  return new PoolWarnings({
    ...rest,
    clock,
    log,
    known: () => knownAddresses({ client, nodes, services }),
  });
}

export type Neighbours = {
  readonly client: ApiSender;
  readonly nodes: () => Iterable<WatchedNode>;
  /** Where the server has no ServiceCIDR objects, the cluster IPs of these stand for all. */
  readonly services: () => Iterable<Service>;
};

export async function knownAddresses({ client, nodes, services }: Neighbours): Promise<KnownAddresses> {
  const ofNodes = [...nodes()].flatMap(({ name, addresses }) => owned(`node ${name}`, addresses));
  const ranges = await clusterRanges(client);
  if (ranges !== null) return { addresses: ofNodes, ranges };
  const ofServices = [...services()].flatMap(({ key, clusterIPs }) => owned(`Service ${key}`, clusterIPs));
  return { addresses: [...ofNodes, ...ofServices], ranges: [] };
}

/** Null where the server does not say: before Kubernetes 1.33, or without the right to ask. */
async function clusterRanges(client: ApiSender): Promise<readonly KnownRange[] | null> {
  const listed = await listAll(client, { resource: SERVICE_CIDRS, from: 'consistent' });
  return listed.kind === 'ok' ? listed.items.flatMap(rangesOf) : null;
}

const rangesOf = (raw: Raw): readonly KnownRange[] =>
  listOf(fieldsOf(raw['spec'])['cidrs']).flatMap((cidr) => {
    const range = parseRange(textOf(cidr));
    return range.ok ? [{ owner: 'the cluster IPs', range: range.value }] : [];
  });

/** What is no address is left out: `None` of a headless Service, the host name of a node. */
const owned = (owner: string, texts: readonly string[]): readonly KnownAddress[] =>
  texts.flatMap((text) => {
    const address = parseAddress(text);
    return address.ok ? [{ owner, address: address.value }] : [];
  });
