/** Who answers for the address of each Service, a row for each: as elected, or as far as a part of the cluster shows it. */
import { compareText } from '../../../base/text.ts';
import type { Layer2State } from '../../../layer2/election/layer2-state.ts';
import { UNCONCERNED } from '../../../layer2/election/refusal.ts';
import type { WatchedRecord } from '../../../layer2/objects/watched-objects.ts';
import { explainLayer2 } from '../../../layer2/report/explanation.ts';
import { formatAddress } from '../../../net/address.ts';
import type { ServiceKey } from '../../../objects/service.ts';

export type OwnerRow = {
  readonly service: ServiceKey;
  readonly addresses: readonly string[];
  /** As ServiceL2Status says; null where none does. */
  readonly node: string | null;
  /** Empty for all. */
  readonly interfaces: readonly string[];
  /** The node that the speakers elect now; null for none, and where that is not known. */
  readonly elected: string | null;
  readonly says: string;
  readonly fix: string | null;
};

/** A cluster of which a kind that decides could not be read. */
export type PartialLayer2 = {
  /** A sentence for each kind. */
  readonly problems: readonly string[];
  /** The owners that speakers have recorded; null where ServiceL2Status could not be read. */
  readonly records: readonly WatchedRecord[] | null;
  /** Elected without records: who may answer is right, and who does is not known. Null where another kind is missing. */
  readonly state: Layer2State | null;
  /** Of the context; null for files, and where it names none. */
  readonly contextNamespace: string | null;
};

/** What is known where nothing could be read. */
export const unreadLayer2 = (problems: readonly string[]): PartialLayer2 => ({
  ...{ problems, records: null, state: null, contextNamespace: null },
});

const electedKeys = ({ elections }: Layer2State): readonly ServiceKey[] =>
  elections.flatMap(({ group }) => group.map(({ service }) => service.key));

const concernedKeys = (state: Layer2State): readonly ServiceKey[] =>
  [
    ...electedKeys(state),
    ...[...state.refusals].flatMap(([key, { code }]) => (UNCONCERNED.has(code) ? [] : [key])),
  ].sort(compareText);

function addressesOf({ elections }: Layer2State, service: ServiceKey): readonly string[] {
  const wanted = elections.flatMap(({ group }) => group).find((one) => one.service.key === service);
  return wanted?.addresses.map(formatAddress) ?? [];
}

export function ownerRows(state: Layer2State, records: readonly WatchedRecord[]): readonly OwnerRow[] {
  return concernedKeys(state).flatMap((service) => {
    const explained = explainLayer2(state, service);
    if (explained === null) return [];
    const record = records.find((one) => one.service === service);
    return {
      ...{ service, addresses: addressesOf(state, service) },
      ...{ node: record?.node ?? null, interfaces: record?.interfaces ?? [] },
      ...{ elected: explained.node, says: explained.says, fix: explained.fix },
    };
  });
}

export function partialOwnerRows({ records, state }: PartialLayer2): readonly OwnerRow[] {
  if (state !== null)
    return concernedKeys(state).flatMap((service) => rowWithoutRecord(state, service) ?? []);
  return (records ?? []).map(rowOfRecord).sort((a, b) => compareText(a.service, b.service));
}

/** Null where nothing is known about the Service. */
export function partialOwnerRow({ records, state }: PartialLayer2, service: ServiceKey): OwnerRow | null {
  if (state !== null) return rowWithoutRecord(state, service);
  const record = records?.find((one) => one.service === service);
  return record === undefined ? null : rowOfRecord(record);
}

const rowOfRecord = ({ service, node, interfaces }: WatchedRecord): OwnerRow => ({
  ...{ service, addresses: [], node, interfaces: interfaces ?? [], elected: null, fix: null },
  says: `node ${node} answers, as its ServiceL2Status says; whether the speakers would elect it was not judged`,
});

function rowWithoutRecord(state: Layer2State, service: ServiceKey): OwnerRow | null {
  const explained = explainLayer2(state, service);
  if (explained === null) return null;
  const { verdict, says, fix } = explained;
  const addresses = addressesOf(state, service);
  const row = { service, addresses, node: null, interfaces: [], elected: null };
  // These two depend on the node that answered before.
  if (verdict !== 'answered' && verdict !== 'unreachable') return { ...row, says, fix };
  const eligible = state.byService.get(service)?.eligible ?? [];
  return {
    ...row,
    says: `${eligible.join(', ')} may answer; which node does is in its ServiceL2Status, which was not read`,
    fix: null,
  };
}
