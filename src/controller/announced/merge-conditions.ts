/**
 * Merges the conditions of several announcers. Where more than one knows of a Service, the better status counts, and of two
 * equal ones that of Berth's speakers.
 */
import type { ConditionValue } from '../../objects/condition.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { AnnouncedConditions } from './condition-writer.ts';

type Conditions = ReadonlyMap<ServiceKey, ConditionValue>;

const STATUS_RANK = { False: 0, Unknown: 1, True: 2 } as const;

/** Reasons of BGP that say only that the Service is not meant for it. */
const NOT_BY_BGP: ReadonlySet<string> = new Set(['NoPeer', 'NoAdvertisement']);

/** By BGP and by layer 2: the better status counts, and of two failures that of the way that is configured. */
export function mergeNative(bgp: Conditions, layer2: Conditions): Conditions {
  const merged = new Map(bgp);
  for (const [key, condition] of layer2) {
    const other = merged.get(key);
    const isBetter =
      other === undefined ||
      STATUS_RANK[condition.status] > STATUS_RANK[other.status] ||
      (other.status === 'False' && NOT_BY_BGP.has(other.reason));
    if (isBetter) merged.set(key, condition);
  }
  return merged;
}

/**
 * Where speakers run beside Calico. `calico` is null while what it announces is not known: then only what the speakers announce
 * is certain.
 */
export function withCalico(native: Conditions, calico: AnnouncedConditions | null): AnnouncedConditions {
  const predict = () => null;
  if (calico !== null) return { byService: mergeConditions(native, calico.byService), predict };
  const certain = [...native].filter(([, { status }]) => status === 'True');
  return { byService: new Map(certain), predict, isPartial: true };
}

function mergeConditions(native: Conditions, calico: Conditions): Conditions {
  const merged = new Map(calico);
  for (const [key, condition] of native) {
    const other = merged.get(key);
    const isBetter =
      other === undefined ||
      other.reason === 'NoAnnouncer' ||
      STATUS_RANK[condition.status] >= STATUS_RANK[other.status];
    if (isBetter) merged.set(key, condition);
  }
  return merged;
}
