/** What one command knows about an address: the explanation, as far as the objects that decide could be read. */
import {
  type AddressExplanation,
  type AddressHolder,
  explainAddress,
  holdersText,
} from '../../allocation/explain/explain-address.ts';
import { includesAddress, readIngressStatus } from '../../allocation/ingress-status.ts';
import { formatPort } from '../../ipam/sharing.ts';
import type { Address } from '../../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../objects/annotations.ts';
import type { Service } from '../../objects/service.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { ExplainContext } from './context.ts';
import { notJudgedText } from './service-report.ts';

export type AddressReport = Omit<AddressExplanation, 'grantable'> & {
  /** Null where that is not known. */
  readonly grantable: boolean | null;
};

export function reportAddress(
  { allocation }: ExplainContext,
  address: Address,
  state: ClusterState,
): AddressReport {
  // Conditions are the stored ones: those of a dry run have no time of their own.
  const explanation = explainAddress(allocation, address, (key) => state.services.get(key));
  const { missing } = state;
  if (!missing.has('Service') && !missing.has('IPAddressPool')) return explanation;
  const holders = missing.has('IPAddressPool') ? storedHolders(address, state) : explanation.holders;
  return holders.length > 0
    ? { ...explanation, holders, grantable: false, because: holdersText(holders) }
    : { ...explanation, holders, grantable: null, because: notJudgedText(state) };
}

/** Without pools there is no ledger: the holders as the statuses of Services show them. */
function storedHolders(address: Address, { services }: ClusterState): readonly AddressHolder[] {
  const isHolder = (service: Service): boolean =>
    includesAddress(readIngressStatus(service).addresses, address);
  return [...services.values()].filter(isHolder).map(({ key, annotations, ports }) => ({
    ...{ key, pool: annotations[ALLOCATED_FROM_ANNOTATION] ?? null },
    ...{ since: null, sharingKey: null, ports: (ports ?? []).map(formatPort) },
  }));
}
