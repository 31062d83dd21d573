/** Checks of what advertisements select: pools, nodes and peers. S1, S5, S6, S7, S8. */
import { type Raw, textsOf } from '../../base/json.ts';
import { closestMatch, listSome } from '../../base/text.ts';
import { quoteText } from '../../config/issue.ts';
import { readNodeSelectors, selectsNode } from '../../config/node-selectors.ts';
import type { ObjectEdit } from '../../findings/finding.ts';
import { labelsOf, nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { objectsOfKind } from '../../objects/resource-kind.ts';
import type { SpeakerCheck, SpeakerCheckResult } from './check.ts';
import { covers } from './invalid-objects.ts';
import { type AnnouncementSnapshot, patchOfRaw, refOfRaw, speakerObjectRef } from './snapshot.ts';

const KINDS = ['BGPAdvertisement', 'L2Advertisement'] as const;

const advertisementsIn = ({ objectsOf }: AnnouncementSnapshot): readonly Raw[] => KINDS.flatMap(objectsOf);

const S1: SpeakerCheck = {
  code: 'S1',
  needs: ['IPAddressPool'],
  refutedBy: KINDS,
  question: 'which pools are advertised',
  find(snapshot) {
    if (!KINDS.some(snapshot.isKindKnown)) return [];
    const all = advertisementsIn(snapshot);
    return snapshot.objectsOf('IPAddressPool').flatMap((raw): readonly SpeakerCheckResult[] => {
      const name = nameOf(raw);
      const isKnown = snapshot.announced.announcements.pools.byName.has(name);
      if (!isKnown || all.some((one) => covers(one, name, snapshot.announced))) return [];
      const hasPeers = snapshot.objectsOf('BGPPeer').length > 0;
      const [first, second] = hasPeers ? KINDS : KINDS.toReversed();
      const creation = (kind: string | undefined): readonly ObjectEdit[] =>
        kind === undefined ? [] : [createAdvertisement(kind, raw, all)];
      return [
        {
          severity: 'warning',
          object: refOfRaw(raw),
          field: '',
          problem: `Nobody announces addresses of pool ${name}: no BGPAdvertisement and no L2Advertisement covers it.`,
          remedy: `Name the pool in spec.ipAddressPools of ${hasPeers ? 'a BGPAdvertisement' : 'an L2Advertisement'}, or add one.`,
          edits: creation(first),
          alternatives: [
            {
              remedy: `Name the pool in spec.ipAddressPools of another advertisement.`,
              edits: creation(second),
            },
          ],
          explains: ({ pool }) => pool === name,
        },
      ];
    });
  },
};

/** Named as the pool, if the name is free. */
function createAdvertisement(kind: string, pool: Raw, existing: readonly Raw[]): ObjectEdit {
  const taken = new Set(objectsOfKind(existing, kind).map(nameOf));
  const name = taken.has(nameOf(pool)) ? `${nameOf(pool)}-addresses` : nameOf(pool);
  const object = speakerObjectRef(kind, name, namespaceOf(pool));
  const metadata = { name, namespace: object.namespace };
  const manifest = {
    apiVersion: object.apiVersion,
    kind,
    metadata,
    spec: { ipAddressPools: [nameOf(pool)] },
  };
  return { do: 'create', object, manifest };
}

/** The list with each unknown name replaced by the one that was probably meant; null where one has none. */
function correctedNames(names: readonly string[], known: readonly string[]): readonly string[] | null {
  const corrected = names.map((name) => (known.includes(name) ? name : closestMatch(name, known)));
  return corrected.includes(null) ? null : [...new Set(corrected.flatMap((name) => name ?? []))];
}

type NamedList = { readonly field: string; readonly kind: string };

/** A list of names in the spec of an advertisement that has some of objects that do not exist. */
function unknownNames(
  snapshot: AnnouncementSnapshot,
  raw: Raw,
  { field, kind }: NamedList,
): Pick<SpeakerCheckResult, 'problem' | 'remedy' | 'edits'> | null {
  const names = textsOf(specOf(raw)[field]);
  const known = snapshot.objectsOf(kind).map(nameOf);
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length === 0) return null;
  const corrected = correctedNames(names, known);
  return {
    problem: `${raw['kind']} ${nameOf(raw)} names ${listSome(missing.map(quoteText))}, and there is no such ${kind}.`,
    remedy:
      corrected === null
        ? `Correct spec.${field}, or add the ${kind}.`
        : `Write ${listSome(corrected.map(quoteText))} in spec.${field}, or add the ${kind}.`,
    edits: corrected === null ? [] : [patchOfRaw(raw, { spec: { [field]: corrected } })],
  };
}

const S5: SpeakerCheck = {
  code: 'S5',
  needs: ['BGPAdvertisement', 'BGPPeer'],
  question: 'whether the peers of advertisements exist',
  find: (snapshot) =>
    snapshot.objectsOf('BGPAdvertisement').flatMap((raw): readonly SpeakerCheckResult[] => {
      const unknown = unknownNames(snapshot, raw, { field: 'peers', kind: 'BGPPeer' });
      if (unknown === null) return [];
      return [
        {
          ...{ severity: 'warning', object: refOfRaw(raw), field: 'spec.peers', ...unknown },
          explains: ({ explanation, pool }) =>
            explanation.bgp?.code === 'noTargetPeer' && covers(raw, pool, snapshot.announced),
        },
      ];
    }),
};

const S6: SpeakerCheck = {
  code: 'S6',
  needs: ['Node'],
  question: 'which nodes advertisements select',
  find(snapshot) {
    const nodes = snapshot.objectsOf('Node').map(labelsOf);
    return advertisementsIn(snapshot).flatMap((raw): readonly SpeakerCheckResult[] => {
      const selectors = readNodeSelectors(raw);
      if (nodes.some((labels) => selectsNode(selectors, labels))) return [];
      const code = raw['kind'] === 'BGPAdvertisement' ? 'notOwner' : 'nodeNotSelected';
      return [
        {
          severity: 'warning',
          object: refOfRaw(raw),
          field: 'spec.nodeSelectors',
          problem: `${raw['kind']} ${nameOf(raw)} selects no node, so nobody announces by it.`,
          remedy: 'Let spec.nodeSelectors match the labels of nodes, or leave it out for all nodes.',
          explains: ({ refusals, pool }) => refusals.has(code) && covers(raw, pool, snapshot.announced),
        },
      ];
    });
  },
};

const S7: SpeakerCheck = {
  code: 'S7',
  needs: ['IPAddressPool'],
  question: 'whether the pools of advertisements exist',
  find: (snapshot) =>
    advertisementsIn(snapshot).flatMap((raw): readonly SpeakerCheckResult[] => {
      const list = { field: 'ipAddressPools', kind: 'IPAddressPool' };
      const unknown = unknownNames(snapshot, raw, list);
      if (unknown === null) return [];
      return [
        { ...{ severity: 'warning', object: refOfRaw(raw), field: 'spec.ipAddressPools' }, ...unknown },
      ];
    }),
};

const S8: SpeakerCheck = {
  code: 'S8',
  needs: ['BGPAdvertisement', 'BGPPeer'],
  question: 'whether there is a router to advertise to',
  find(snapshot) {
    const [first] = snapshot.objectsOf('BGPAdvertisement');
    if (first === undefined || snapshot.objectsOf('BGPPeer').length > 0) return [];
    return [
      {
        severity: 'warning',
        object: refOfRaw(first),
        field: '',
        problem: 'There are BGPAdvertisements and no BGPPeer, so the speakers have nobody to advertise to.',
        remedy: 'Add a BGPPeer for each router: spec.myASN, spec.peerASN and spec.peerAddress.',
        explains: ({ explanation }) => explanation.bgp?.code === 'noPeer',
      },
    ];
  },
};

export const COVERAGE_CHECKS: readonly SpeakerCheck[] = [S1, S5, S6, S7, S8];
