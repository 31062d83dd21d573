/**
 * The difference between two documents, for those who follow a cluster over a wire. Of Services, and of who announces, what changed
 * comes; other sections that changed come whole. Applied to the older document it gives the newer one.
 */
import { isSameJson, withSharedParts } from '../base/shared-json.ts';
import { type AnnouncingPatch, applyAnnouncing, diffAnnouncing } from './announcing-patch.ts';
import type { CommandStart } from './command-start.ts';
import type { OverviewDocument, ServiceOverview, ServicesOverview } from './document.ts';
import { applyListPatch, diffLists, isEmptyListPatch, type ListPatch } from './list-patch.ts';

type Sections = Omit<OverviewDocument, 'services' | 'announcing'>;

export type DocumentPatch = {
  /** Other sections of the newer document that differ, by their keys. */
  readonly sections: Partial<Sections>;
  /** Null where no Service and no count differs. */
  readonly services: ServicesPatch | null;
  /** Null where nothing about who announces differs. */
  readonly announcing: AnnouncingPatch | null;
};

export type ServicesPatch =
  /** Services were not known before, or are not known now. */
  | { readonly kind: 'whole'; readonly services: ServicesOverview | null }
  | ({
      readonly kind: 'changes';
      readonly counts: Omit<ServicesOverview, 'items'>;
      /** By `namespace/name`. */
    } & ListPatch<ServiceOverview>);

/** Whether a document is followed: files are read once. */
export type DocumentOrigin = 'cluster' | 'files';

/** What those who follow a cluster receive. A version grows with each change. */
export type OverviewEvent =
  | {
      readonly kind: 'document';
      readonly version: number;
      readonly origin: DocumentOrigin;
      readonly commands: CommandStart;
      readonly document: OverviewDocument;
    }
  | { readonly kind: 'patch'; readonly version: number; readonly patch: DocumentPatch }
  /** The cluster was read again, and nothing has changed. */
  | { readonly kind: 'alive'; readonly version: number; readonly time: string }
  /** Nothing could be read: a sentence without a full stop. */
  | { readonly kind: 'lost'; readonly version: number; readonly says: string };

/** The time at which a document was made is no difference by itself. */
export function diffDocuments(before: OverviewDocument, after: OverviewDocument): DocumentPatch {
  const { services: _, announcing: __, ...sections } = after;
  const changed = Object.entries(sections).filter(
    ([key, value]) => !isSameJson(before[key as keyof Sections], value),
  );
  return {
    sections: Object.fromEntries(changed) as DocumentPatch['sections'],
    services: diffServices(before.services, after.services),
    announcing: diffAnnouncing(before.announcing, after.announcing),
  };
}

/** The newer document with the parts of the older one that have not changed, so that both and their patch are held once. */
export function shareUnchanged(before: OverviewDocument, after: OverviewDocument): OverviewDocument {
  // An unchanged Service is the same object already, whatever its place.
  const { services, ...rest } = after;
  return { ...withSharedParts(before, rest), services };
}

/** Whether a patch says more than that time has passed. */
export const isEmptyPatch = ({ sections, services, announcing }: DocumentPatch): boolean =>
  services === null && announcing === null && Object.keys(sections).every((key) => key === 'time');

export function applyPatch(document: OverviewDocument, patch: DocumentPatch): OverviewDocument {
  const { sections, services, announcing } = patch;
  return {
    ...document,
    ...sections,
    services: services === null ? document.services : applyServices(document.services, services),
    announcing: announcing === null ? document.announcing : applyAnnouncing(document.announcing, announcing),
  };
}

function diffServices(before: ServicesOverview | null, after: ServicesOverview | null): ServicesPatch | null {
  if (before === null && after === null) return null;
  if (before === null || after === null) return { kind: 'whole', services: after };
  const { items: oldItems, ...oldCounts } = before;
  const { items, ...counts } = after;
  const patch = diffLists(oldItems, items, keyOfService);
  if (isEmptyListPatch(patch) && isSameJson(oldCounts, counts)) return null;
  return { kind: 'changes', counts, ...patch };
}

function applyServices(before: ServicesOverview | null, patch: ServicesPatch): ServicesOverview | null {
  if (patch.kind === 'whole') return patch.services;
  return { ...patch.counts, items: applyListPatch(before?.items ?? [], patch, keyOfService) };
}

const keyOfService = ({ service }: ServiceOverview): string => service;
