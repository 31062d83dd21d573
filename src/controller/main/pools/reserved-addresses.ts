/** Addresses that the cluster uses for something else than Services of type LoadBalancer: of nodes, and cluster IPs. */
import { isDeepStrictEqual } from 'node:util';
import { fieldsOf, listOf, type Raw, textOf } from '../../../base/json.ts';
import type { ReservedAddress, ReservedAddresses, ReservedRange } from '../../../config/pool/warnings.ts';
import type { ApiSender } from '../../../kube/http/api-request.ts';
import { listAll } from '../../../kube/informer/list.ts';
import { SERVICE_CIDRS } from '../../../kube/resource.ts';
import { parseAddress } from '../../../net/address.ts';
import { parseRange } from '../../../net/range.ts';
import type { Node } from '../../../objects/node.ts';
import type { Service } from '../../../objects/service.ts';
import type { InformerContext } from '../../../runtime/main/informer.ts';
import { PoolWarnings, type PoolWarningsOptions } from '../../pools/warnings.ts';
import type { ControllerInformers } from '../api/informers.ts';

/** `PoolWarnings` over the informers of Nodes and Services. */
export function createPoolWarnings(
  { client, clock, log }: InformerContext,
  options: Omit<PoolWarningsOptions, 'clock' | 'log' | 'reservedAddresses'> & {
    readonly informers: ControllerInformers;
  },
): PoolWarnings {
  const { informers, ...rest } = options;
  const nodes = () => informers.nodes.store.values();
  const services = () => informers.services.store.values();
  const warnings = new PoolWarnings({
    ...rest,
    clock,
    log,
    reservedAddresses: () => findReservedAddresses({ client, nodes, services }),
  });
  informers.nodes.subscribe({
    isSame: (before, after) => isDeepStrictEqual(before.reportedAddresses, after.reportedAddresses),
    changed: () => warnings.review(), // of one address less there is nothing to warn
  });
  return warnings;
}

export type ReservedAddressSources = {
  readonly client: ApiSender;
  readonly nodes: () => Iterable<Pick<Node, 'name' | 'reportedAddresses'>>;
  /** Where the server has no ServiceCIDR objects, the cluster IPs of these stand for all. */
  readonly services: () => Iterable<Service>;
};

export async function findReservedAddresses({
  client,
  nodes,
  services,
}: ReservedAddressSources): Promise<ReservedAddresses> {
  const ofNodes = [...nodes()].flatMap(({ name, reportedAddresses }) =>
    withOwner(
      `node ${name}`,
      reportedAddresses.map(({ text }) => text),
    ),
  );
  const ranges = await listServiceRanges(client);
  if (ranges !== null) return { addresses: ofNodes, ranges };
  const ofServices = [...services()].flatMap(({ key, clusterIPs }) =>
    withOwner(`Service ${key}`, clusterIPs),
  );
  return { addresses: [...ofNodes, ...ofServices], ranges: [] };
}

/** Null where the server does not say: before Kubernetes 1.33, or without the right to ask. */
async function listServiceRanges(client: ApiSender): Promise<readonly ReservedRange[] | null> {
  const listed = await listAll(client, { resource: SERVICE_CIDRS, from: 'consistent' });
  return listed.kind === 'ok' ? listed.items.flatMap(rangesOf) : null;
}

const rangesOf = (raw: Raw): readonly ReservedRange[] =>
  listOf(fieldsOf(raw['spec'])['cidrs']).flatMap((cidr) => {
    const range = parseRange(textOf(cidr));
    return range.ok ? [{ owner: 'the cluster IPs', range: range.value }] : [];
  });

/** What is no address is left out: `None` of a headless Service, the host name of a node. */
const withOwner = (owner: string, texts: readonly string[]): readonly ReservedAddress[] =>
  texts.flatMap((text) => {
    const address = parseAddress(text);
    return address.ok ? [{ owner, address: address.value }] : [];
  });
