/** Checks of objects that the speakers reject: S2, and aliases of communities that nobody defines: S3. */
import type { ClusterConfig } from '../../announce/config/node-config.ts';
import type { NodeSelected } from '../../announce/config/node-selected.ts';
import { isWarningIssue, type ObjectIssue, objectIssues } from '../../announce/config/object-issue.ts';
import { type Raw, textsOf } from '../../base/json.ts';
import { groupBy } from '../../base/list.ts';
import { closestMatch, listSome } from '../../base/text.ts';
import { unknownAliasError } from '../../config/advertisement.ts';
import { quoteText } from '../../config/issue.ts';
import { coversPool, readPoolCoverage } from '../../config/pool/coverage.ts';
import type { ObjectEdit } from '../../findings/finding.ts';
import { parseAddress } from '../../net/address.ts';
import { rangeContains } from '../../net/range.ts';
import { nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { nodeConfigsOf } from '../bgp/bgp-announcements.ts';
import type { SpeakerCheck, SpeakerCheckResult } from './check.ts';
import {
  type AnnouncementSnapshot,
  patchOfRaw,
  refOfRaw,
  speakerObjectRef,
  type UndeliveredAddress,
} from './snapshot.ts';

const S2: SpeakerCheck = {
  code: 'S2',
  needs: [],
  dependsOn: [],
  question: 'whether objects are valid',
  find: (snapshot) => {
    const aliases = new Set(unknownAliases(snapshot).map(({ alias }) => unknownAliasError(alias)));
    return distinctIssues(snapshot)
      .filter(({ issue }) => issue.metallbText === undefined || !aliases.has(issue.metallbText))
      .map((one) => invalidObject(one, snapshot));
  },
};

/** Each once: of all nodes, and of objects that no node selects. */
function distinctIssues({ announced, config }: AnnouncementSnapshot): readonly ObjectIssue[] {
  const ofNodes = nodeConfigsOf(announced.announcements.bgp).flatMap(({ errors, warnings }) => [
    ...errors,
    ...warnings,
  ]);
  const found = new Map<string, ObjectIssue>();
  for (const one of [...ofNodes, ...clusterIssues(config)])
    found.set(`${one.kind} ${one.name} ${one.issue.path} ${one.issue.message}`, one);
  return [...found.values()];
}

function clusterIssues({ pools, aliases, bfdProfiles, peers, advertisements, layer2Issues }: ClusterConfig) {
  const candidateIssues = (kind: string, all: readonly NodeSelected<unknown>[]): readonly ObjectIssue[] =>
    all.flatMap(({ candidate }) => {
      const { identity, issues } = candidate();
      return objectIssues(kind, identity.name, issues);
    });
  return [
    ...[...pools.issues, ...aliases.issues, ...bfdProfiles.issues, ...layer2Issues],
    ...candidateIssues('BGPPeer', peers.objects),
    ...candidateIssues('BGPAdvertisement', advertisements),
  ];
}

function invalidObject(one: ObjectIssue, snapshot: AnnouncementSnapshot): SpeakerCheckResult {
  const { kind, name, issue } = one;
  const raw = snapshot.objectsOf(kind).find((object) => nameOf(object) === name);
  const object = raw === undefined ? speakerObjectRef(kind, name) : refOfRaw(raw);
  const [message = ''] = issue.message.split('\n');
  // Most complaints are predicates, whose subject is the field.
  const isPredicate = issue.path !== '' && /^(is|needs|must|has|may|cannot) /.test(message);
  const sentence = isPredicate ? `${issue.path} ${message}` : message;
  const isWarning = isWarningIssue(one);
  const isOverlap = kind === 'IPAddressPool' && issue.path === '';
  return {
    ...{ severity: 'warning', object, field: issue.path },
    problem: isOverlap
      ? `Two pools have the same addresses: ${sentence}.`
      : isWarning
        ? `${kind} ${name} is in force without this setting: ${sentence}.`
        : `${kind} ${name} is invalid: ${sentence}${sentence.endsWith('?') ? '' : '.'} ${kind === 'IPAddressPool' ? 'Controller and speakers' : 'Speakers'} that run keep its last valid version, and those that start have none.`,
    remedy: isOverlap
      ? 'Let each address be in one pool only.'
      : `Correct ${issue.path || 'the object'} of ${kind} ${name}.`,
    edits: raw === undefined ? [] : fieldEdits(raw, issue.path, issue.message),
    explains: (undelivered) => !isWarning && !isOverlap && explainsBy(one, raw, undelivered, snapshot),
  };
}

/** A field that the kind does not have is renamed to the one that was meant, or removed. */
function fieldEdits(raw: Raw, path: string, message: string): readonly ObjectEdit[] {
  const field = /^spec\.([A-Za-z]+)$/.exec(path)?.[1];
  if (field === undefined || !/is not a known field/.test(message)) return [];
  const meant = /did you mean "([A-Za-z]+)"/.exec(message)?.[1];
  const value = specOf(raw)[field];
  return [patchOfRaw(raw, { spec: { [field]: null, ...(meant === undefined ? {} : { [meant]: value }) } })];
}

function explainsBy(
  { kind, name }: ObjectIssue,
  raw: Raw | undefined,
  { address, pool, refusals, explanation }: UndeliveredAddress,
  { announced }: AnnouncementSnapshot,
): boolean {
  switch (kind) {
    case 'IPAddressPool': {
      const parsed = parseAddress(address);
      const claimed = announced.announcements.pools.poolSet.byName.get(name)?.claimed ?? [];
      return parsed.ok && pool === null && claimed.some((range) => rangeContains(range, parsed.value));
    }
    case 'BGPAdvertisement':
      return refusals.has('notOwner') && raw !== undefined && covers(raw, pool, announced);
    case 'L2Advertisement':
      return refusals.has('noAdvertisement') && raw !== undefined;
    case 'BGPPeer':
      return explanation.bgp?.code === 'noPeer';
    default:
      return false;
  }
}

/** Whether an advertisement covers a pool, as far as that part of it can be read. */
export function covers(
  advertisement: Raw,
  pool: string | null,
  { announcements }: AnnouncementSnapshot['announced'],
): boolean {
  const known = pool === null ? undefined : announcements.pools.byName.get(pool);
  const coverage = readPoolCoverage(advertisement);
  return known !== undefined && coverage !== null && coversPool(coverage, known);
}

type UnknownAlias = { readonly raw: Raw; readonly alias: string };

/** Decided only where the input has Community objects, or all of them. */
function unknownAliases({
  objectsOf,
  announced,
  isKindKnown,
}: AnnouncementSnapshot): readonly UnknownAlias[] {
  if (!isKindKnown('Community')) return [];
  const [config] = nodeConfigsOf(announced.announcements.bgp);
  if (config === undefined) return [];
  const known = config.aliases.byName;
  return objectsOf('BGPAdvertisement').flatMap((raw) =>
    textsOf(specOf(raw)['communities'])
      .filter((text) => !text.includes(':') && !known.has(text))
      .map((alias) => ({ raw, alias })),
  );
}

const S3: SpeakerCheck = {
  code: 'S3',
  needs: ['BGPAdvertisement', 'Community'],
  question: 'whether aliases of communities are defined',
  find: (snapshot) =>
    unknownAliases(snapshot).map(({ raw, alias }): SpeakerCheckResult => {
      const meant = closestMatch(alias, snapshot.config.aliases.byName.keys());
      const communities = textsOf(specOf(raw)['communities']);
      return {
        severity: 'warning',
        object: refOfRaw(raw),
        field: 'spec.communities',
        problem: `BGPAdvertisement ${nameOf(raw)} is not in force: no Community defines the alias ${quoteText(alias)}.`,
        remedy:
          meant === null
            ? `Define ${quoteText(alias)} in spec.communities of a Community, or write its value.`
            : `Write ${quoteText(meant)}, or define ${quoteText(alias)} in a Community.`,
        edits:
          meant === null
            ? []
            : [
                patchOfRaw(raw, {
                  spec: { communities: communities.map((one) => (one === alias ? meant : one)) },
                }),
              ],
        explains: ({ refusals, pool }) => refusals.has('notOwner') && covers(raw, pool, snapshot.announced),
      };
    }),
};

const S23: SpeakerCheck = {
  code: 'S23',
  needs: [],
  dependsOn: [],
  question: 'whether objects are in the namespace of the speakers',
  find: ({ elsewhere, cluster: { namespace } }) =>
    [...groupBy(elsewhere, namespaceOf)].flatMap(([other, raws]): readonly SpeakerCheckResult[] => {
      const [first] = raws;
      if (first === undefined) return [];
      return [
        {
          severity: 'warning',
          object: refOfRaw(first),
          field: 'metadata.namespace',
          problem: `Speakers in the namespace ${namespace} ignore ${listSome(raws.map((raw) => `${raw['kind']} ${nameOf(raw)}`))} in ${other === '' ? 'no namespace' : other}.`,
          remedy: `If the speakers run in ${other}, add --speaker-namespace ${other}. Else create the objects in ${namespace}.`,
        },
      ];
    }),
};

export const INVALID_OBJECT_CHECKS: readonly SpeakerCheck[] = [S2, S3, S23];
