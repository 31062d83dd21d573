/** The difference between two documents in who announces: of five hundred speakers, the one whose session went down. */
import { isSameJson } from '../base/shared-json.ts';
import type { AnnouncingOverview, Layer2NodeOverview, SpeakerOverview } from './announcing-document.ts';
import { applyListPatch, diffLists, isEmptyListPatch, type ListPatch } from './list-patch.ts';

export type AnnouncingPatch = {
  /** Parts that differ and come whole, by their keys. */
  readonly parts: Partial<AnnouncingOverview>;
  /** By node. Null where none differs, or where they come whole. */
  readonly speakers: ListPatch<SpeakerOverview> | null;
  /** The same for the nodes of layer 2. */
  readonly layer2Nodes: ListPatch<Layer2NodeOverview> | null;
};

/** Null where nothing differs. */
export function diffAnnouncing(
  before: AnnouncingOverview,
  after: AnnouncingOverview,
): AnnouncingPatch | null {
  if (before === after) return null;
  const speakers = diffNodes(before.speakers, after.speakers);
  const haveSameConflicts = isSameJson(before.layer2?.conflicts, after.layer2?.conflicts);
  const layer2Nodes = haveSameConflicts ? diffNodes(before.layer2?.nodes, after.layer2?.nodes) : null;
  const listed = new Set<string>();
  if (speakers !== null) listed.add('speakers');
  if (layer2Nodes !== null) listed.add('layer2');
  const parts = Object.entries(after).filter(
    ([key, value]) => !listed.has(key) && !isSameJson(before[key as keyof AnnouncingOverview], value),
  );
  if (parts.length === 0 && speakers === null && layer2Nodes === null) return null;
  return { parts: Object.fromEntries(parts), speakers, layer2Nodes };
}

export function applyAnnouncing(before: AnnouncingOverview, patch: AnnouncingPatch): AnnouncingOverview {
  const { parts, speakers, layer2Nodes } = patch;
  const after = { ...before, ...parts };
  return {
    ...after,
    speakers: speakers === null ? after.speakers : applyListPatch(after.speakers ?? [], speakers, keyOfNode),
    layer2:
      layer2Nodes === null || after.layer2 === null
        ? after.layer2
        : { ...after.layer2, nodes: applyListPatch(after.layer2.nodes, layer2Nodes, keyOfNode) },
  };
}

type OfNode = { readonly node: string };

/** Null where none differs, or where only one of the documents has the list. */
function diffNodes<T extends OfNode>(
  before: readonly T[] | null | undefined,
  after: readonly T[] | null | undefined,
): ListPatch<T> | null {
  if (before == null || after == null) return null;
  const patch = diffLists(before, after, keyOfNode);
  return isEmptyListPatch(patch) ? null : patch;
}

const keyOfNode = ({ node }: OfNode): string => node;
