/** The kinds that the overview is made of, besides Services and what only Calico's model reads. */
import type { Raw } from '../base/json.ts';
import { toWatchedRecord } from '../layer2/objects/watched-objects.ts';
import type { ServiceKey } from '../objects/service.ts';
import { CONFIGURATION_KINDS } from './document.ts';
import type { KindObjects } from './knowledge.ts';

/** Of namespaced kinds those of the controller's namespace. */
export const OVERVIEW_KINDS = [
  ...CONFIGURATION_KINDS,
  ...(['ConfigurationState', 'Lease', 'Pod', 'SpeakerStatus', 'ServiceL2Status'] as const),
  ...(['Namespace', 'Node'] as const),
] as const;

export type OverviewKind = (typeof OVERVIEW_KINDS)[number];

export type KindLookup = (kind: OverviewKind) => KindObjects;

/** The node of each ServiceL2Status, by its Service. */
export const layer2Owners = (records: readonly Raw[]): ReadonlyMap<ServiceKey, string> =>
  new Map(
    records.flatMap((raw) => {
      const record = toWatchedRecord(raw);
      return record === null ? [] : [[record.service, record.node] as const];
    }),
  );
