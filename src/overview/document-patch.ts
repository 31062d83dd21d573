/**
 * The difference between two documents, for those who follow a cluster over a wire: sections that changed come whole, of Services
 * those that changed. Applied to the older document it gives the newer one.
 */
import { isSameJson, withSharedParts } from '../base/shared-json.ts';
import { compareText } from '../base/text.ts';
import type { OverviewDocument, ServiceOverview, ServicesOverview } from './document.ts';

type Section = Exclude<keyof OverviewDocument, 'services'>;

export type DocumentPatch = {
  /** Sections of the newer document that differ, by their keys. */
  readonly sections: Partial<Omit<OverviewDocument, 'services'>>;
  /** Null where no Service and no count differs. */
  readonly services: ServicesPatch | null;
};

export type ServicesPatch =
  /** Services were not known before, or are not known now. */
  | { readonly kind: 'whole'; readonly services: ServicesOverview | null }
  | {
      readonly kind: 'changes';
      readonly counts: Omit<ServicesOverview, 'items'>;
      readonly changed: readonly ServiceOverview[];
      /** `namespace/name` of those that are gone. */
      readonly removed: readonly string[];
    };

/** What those who follow a cluster receive. A version grows with each change. */
export type OverviewEvent =
  | { readonly kind: 'document'; readonly version: number; readonly document: OverviewDocument }
  | { readonly kind: 'patch'; readonly version: number; readonly patch: DocumentPatch }
  /** The cluster was read again, and nothing has changed. */
  | { readonly kind: 'alive'; readonly version: number; readonly time: string }
  /** Nothing could be read: a sentence without a full stop. */
  | { readonly kind: 'lost'; readonly version: number; readonly says: string };

/** The time at which a document was made is no difference by itself. */
export function diffDocuments(before: OverviewDocument, after: OverviewDocument): DocumentPatch {
  const { services: _, ...rest } = after;
  const changed = Object.entries(rest).filter(([key, value]) => !isSameJson(before[key as Section], value));
  return {
    sections: Object.fromEntries(changed) as DocumentPatch['sections'],
    services: diffServices(before.services, after.services),
  };
}

/** The newer document with the parts of the older one that have not changed, so that both and their patch are held once. */
export function shareUnchanged(before: OverviewDocument, after: OverviewDocument): OverviewDocument {
  // An unchanged Service is the same object already, whatever its place.
  const { services, ...rest } = after;
  return { ...withSharedParts(before, rest), services };
}

/** Whether a patch says more than that time has passed. */
export const isEmptyPatch = ({ sections, services }: DocumentPatch): boolean =>
  services === null && Object.keys(sections).every((key) => key === 'time');

export function applyPatch(document: OverviewDocument, patch: DocumentPatch): OverviewDocument {
  const { sections, services } = patch;
  return {
    ...document,
    ...sections,
    services: services === null ? document.services : applyServices(document.services, services),
  };
}

function diffServices(before: ServicesOverview | null, after: ServicesOverview | null): ServicesPatch | null {
  if (before === null && after === null) return null;
  if (before === null || after === null) return { kind: 'whole', services: after };
  const { items: oldItems, ...oldCounts } = before;
  const { items, ...counts } = after;
  const { changed, removed } = diffItems(oldItems, items);
  if (changed.length === 0 && removed.length === 0 && isSameJson(oldCounts, counts)) return null;
  return { kind: 'changes', counts, changed, removed };
}

/** Both are sorted, so one pass needs no index of ten thousand Services. */
function diffItems(
  before: readonly ServiceOverview[],
  after: readonly ServiceOverview[],
): { readonly changed: readonly ServiceOverview[]; readonly removed: readonly string[] } {
  const changed: ServiceOverview[] = [];
  const removed: string[] = [];
  let place = 0;
  for (const item of after) {
    let old = before[place];
    for (; old !== undefined && compareText(old.service, item.service) < 0; old = before[++place])
      removed.push(old.service);
    const isKnown = old?.service === item.service;
    if (isKnown) place++;
    if (!isKnown || !isSameJson(old, item)) changed.push(item);
  }
  for (const { service } of before.slice(place)) removed.push(service);
  return { changed, removed };
}

function applyServices(before: ServicesOverview | null, patch: ServicesPatch): ServicesOverview | null {
  if (patch.kind === 'whole') return patch.services;
  const { counts, changed } = patch;
  const removed = new Set(patch.removed);
  const news = new Map(changed.map((item) => [item.service, item]));
  const items: ServiceOverview[] = [];
  for (const item of before?.items ?? []) {
    if (removed.has(item.service)) continue;
    items.push(news.get(item.service) ?? item);
    news.delete(item.service);
  }
  if (news.size > 0) items.push(...news.values());
  return { ...counts, items: news.size > 0 ? items.sort(byService) : items };
}

const byService = (a: ServiceOverview, b: ServiceOverview): number => compareText(a.service, b.service);
