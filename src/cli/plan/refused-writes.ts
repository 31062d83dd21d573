/**
 * Objects of an edit that the API server would not store: what they would change is not worth a prediction. They are judged by the CRDs
 * that Berth brings, by the rules of Kubernetes, and by those of Calico's CRDs.
 */

import type { RefusedField, WriteCheck } from '../../apiserver/write-check.ts';
import { isObject, type Raw, textOf } from '../../base/json.ts';
import { ownValue } from '../../base/own-value.ts';
import { quoteList } from '../../base/text.ts';
import { validationErrors } from '../../calico/objects/validation.ts';
import { readBgpAdvertisement } from '../../config/advertisement.ts';
import { readBfdProfile } from '../../config/bfd-profile.ts';
import { readCommunityAliases } from '../../config/community.ts';
import { type ConfigIssue, formatIssue } from '../../config/issue.ts';
import { readL2Advertisement } from '../../config/l2-advertisement.ts';
import { readBgpPeer } from '../../config/peer.ts';
import { readAddressPool } from '../../config/pool/pool.ts';
import { METALLB_GROUP } from '../../delivery/speaker-cluster.ts';
import type { Manifest } from '../../manifests/parse-manifests.ts';
import { parseApiVersion } from '../../objects/api-group.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import { isOfKind } from '../../objects/object-id.ts';
import { applyManifest } from '../cluster/apply.ts';
import { isCalicoObject } from '../cluster/calico-input.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { type DefaultNamespaces, withDefaultNamespace } from '../cluster/resource-ref.ts';
import { crdTexts } from '../crds/crd-texts.ts';
import type { ProposedEdit } from './proposed-edit.ts';
import type { FindStored } from './stored-objects.ts';

export type RefusalContext = {
  readonly findStored: FindStored;
  /** The Namespaces of the cluster and of the edit; null where files show some at most. */
  readonly namespaces: ReadonlySet<string> | null;
  readonly defaultNamespaces: DefaultNamespaces;
};

export const namespacesAfter = (
  { namespaces }: Pick<ClusterState, 'namespaces'>,
  { manifests }: Pick<ProposedEdit, 'manifests'>,
): ReadonlySet<string> =>
  new Set([
    ...namespaces.keys(),
    ...manifests
      .filter(({ object }) => isOfKind(object, 'Namespace', ''))
      .map(({ object }) => nameOf(object)),
  ]);

/** Sentences without a full stop, each with the location, the object and the field. */
export async function findRefusedWrites(
  manifests: readonly Manifest[],
  { findStored, namespaces, defaultNamespaces }: RefusalContext,
): Promise<readonly string[]> {
  const judged = manifests.filter(({ object }) => isJudged(object));
  if (judged.length === 0) return [];
  const check = await loadWriteCheck(judged.map(({ object }) => textOf(object['kind'])));
  const refused: string[] = [];
  for (const { object, location } of judged) {
    const manifest = withDefaultNamespace(object, defaultNamespaces);
    const stored = await findStored(manifest);
    if (stored === undefined) continue;
    const namespace = namespaceOf(manifest);
    const reasons =
      stored === null && namespaces !== null && namespace !== '' && !namespaces.has(namespace)
        ? [`there is no Namespace ${namespace}: create it first, or add it to the edit`]
        : refusalsOf(manifest, stored, check);
    const name = namespace === '' ? nameOf(manifest) : `${namespace}/${nameOf(manifest)}`;
    const head = `${location}: the API server would refuse ${textOf(object['kind'])} ${name}`;
    refused.push(...reasons.map((reason) => `${head}: ${reason}`));
  }
  return refused;
}

const KUBERNETES_KINDS: readonly (readonly [kind: string, group: string])[] = [
  ['Service', ''],
  ['Namespace', ''],
  ['Node', ''],
  ['EndpointSlice', 'discovery.k8s.io'],
];

const isMetallbObject = (raw: Raw): boolean =>
  parseApiVersion(textOf(raw['apiVersion'])).group === METALLB_GROUP;

const isJudged = (raw: Raw): boolean =>
  isMetallbObject(raw) ||
  isCalicoObject(raw) ||
  KUBERNETES_KINDS.some(([kind, group]) => isOfKind(raw, kind, group));

/** Its code and the CRDs are read where an edit needs them. */
async function loadWriteCheck(kinds: readonly string[]): Promise<WriteCheck> {
  const texts = Object.values(crdTexts()).filter((text) =>
    kinds.some((kind) => text.includes(`kind: ${kind}\n`)),
  );
  const { WriteCheck } = await import('../../apiserver/write-check.ts');
  const { parse } = await import('yaml');
  return new WriteCheck(texts.map((text) => parse(text)));
}

function refusalsOf(manifest: Raw, stored: Raw | null, check: WriteCheck): readonly string[] {
  const applied = stored === null ? manifest : applyManifest(stored, manifest);
  if (isCalicoObject(manifest)) {
    const known = stored === null ? [] : validationErrors(stored);
    return validationErrors(applied).filter((one) => !known.includes(one));
  }
  const { group, version } = parseApiVersion(textOf(manifest['apiVersion']));
  const kind = textOf(manifest['kind']);
  const versions = check.servedVersions(group, kind);
  if (versions.length > 0 && !versions.includes(version))
    return [
      `there is no version ${version} of it; use ${quoteList(versions.map((one) => `${group}/${one}`))}`,
    ];
  // What the controller rejects of a pool is told already, in more detail.
  if (isOfKind(manifest, 'IPAddressPool', METALLB_GROUP) && readAddressPool(applied).issues.length > 0)
    return [];
  const before = stored === null ? null : withoutAssumedAddresses(stored);
  const refused = check.refusedFields(
    asJson(withoutAssumedAddresses(applied)),
    before === null ? null : asJson(before),
  );
  const issues = isMetallbObject(manifest) ? (ownValue(READERS, kind)?.(applied) ?? []) : [];
  return [...new Set(refused.flatMap((field) => sentencesOf(field, issues)))];
}

/** What the programs read says more about a field than a schema does. */
const READERS: Readonly<Record<string, (raw: Raw) => readonly ConfigIssue[]>> = {
  BGPPeer: (raw) => readBgpPeer(raw).issues,
  BGPAdvertisement: (raw) => readBgpAdvertisement(raw).issues,
  L2Advertisement: (raw) => readL2Advertisement(raw).issues,
  Community: (raw) => readCommunityAliases(raw).issues,
  BFDProfile: (raw) => readBfdProfile(raw).issues,
};

function sentencesOf(refused: RefusedField, issues: readonly ConfigIssue[]): readonly string[] {
  const { field, text, isTransition } = refused;
  if (isTransition) return [`${text}; to change it, delete the object and make it again`];
  const same = issues.filter(({ path }) => path === field);
  return same.length > 0 ? same.map(formatIssue) : [text];
}

/** Files may show a Service without its cluster IP, for which a placeholder stands. */
function withoutAssumedAddresses(raw: Raw): Raw {
  const spec = raw['spec'];
  if (!isOfKind(raw, 'Service', '') || !isObject(spec) || textOf(spec['clusterIP']) !== '') return raw;
  const { clusterIPs: _, ...rest } = spec;
  return { ...raw, spec: rest };
}

type JsonObject = Parameters<WriteCheck['refusedFields']>[0];

/** Manifests are JSON. */
const asJson = (raw: Raw): JsonObject => JSON.parse(JSON.stringify(raw));
