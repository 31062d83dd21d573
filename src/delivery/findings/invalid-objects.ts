/** Checks of objects that the speakers reject: S2, and aliases of communities that nobody defines: S3. */
import { isWarningIssue, type ObjectIssue } from '../../announce/config/object-issue.ts';
import { type Raw, textsOf } from '../../base/json.ts';
import { closestMatch } from '../../base/text.ts';
import { unknownAliasError } from '../../config/advertisement.ts';
import { quoteText } from '../../config/issue.ts';
import { coversPool, readPoolCoverage } from '../../config/pool/coverage.ts';
import type { ObjectEdit } from '../../findings/finding.ts';
import { parseAddress } from '../../net/address.ts';
import { rangeContains } from '../../net/range.ts';
import { labelsOf, nameOf, specOf } from '../../objects/metadata.ts';
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
  question: 'whether objects are valid',
  find: (snapshot) => {
    const aliases = new Set(unknownAliases(snapshot).map(({ alias }) => unknownAliasError(alias)));
    return distinctIssues(snapshot)
      .filter(({ issue }) => issue.metallbText === undefined || !aliases.has(issue.metallbText))
      .map((one) => invalidObject(one, snapshot));
  },
};

/** The issues of all nodes, each once. */
function distinctIssues({ announced, cluster }: AnnouncementSnapshot): readonly ObjectIssue[] {
  const found = new Map<string, ObjectIssue>();
  for (const { nodeConfig } of announced.announcements.bgp.values())
    for (const one of [...nodeConfig.errors, ...nodeConfig.warnings])
      found.set(`${one.kind} ${one.name} ${one.issue.path} ${one.issue.message}`, one);
  if (cluster.running.length === 0)
    for (const one of announced.announcements.pools.issues) found.set(`${one.name} ${one.issue.path}`, one);
  return [...found.values()];
}

function invalidObject(one: ObjectIssue, snapshot: AnnouncementSnapshot): SpeakerCheckResult {
  const { kind, name, issue } = one;
  const raw = snapshot.objectsOf(kind).find((object) => nameOf(object) === name);
  const object = raw === undefined ? speakerObjectRef(kind, name) : refOfRaw(raw);
  const [sentence = ''] = issue.message.split('\n');
  const isWarning = isWarningIssue(one);
  const isOverlap = kind === 'IPAddressPool' && issue.path === '';
  return {
    ...{ severity: 'warning', object, field: issue.path },
    problem: isOverlap
      ? `Two pools have the same addresses: ${sentence}.`
      : isWarning
        ? `${kind} ${name} is in force without this setting: ${sentence}.`
        : `${kind} ${name} is invalid: ${sentence}. Speakers that run keep its last valid version, and those that start have none.`,
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
  const [config] = announced.announcements.bgp.values();
  if (config === undefined) return [];
  const known = config.nodeConfig.aliases.byName;
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
      const [config] = snapshot.announced.announcements.bgp.values();
      const meant = closestMatch(alias, config?.nodeConfig.aliases.byName.keys() ?? []);
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

/** The labels of the nodes, for checks of selectors. */
export const nodeLabels = ({
  objectsOf,
}: AnnouncementSnapshot): readonly Readonly<Record<string, string>>[] => objectsOf('Node').map(labelsOf);

export const INVALID_OBJECT_CHECKS: readonly SpeakerCheck[] = [S2, S3];
