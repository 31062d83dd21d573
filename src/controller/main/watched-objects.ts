/** The smaller objects that the controller watches, cut down to what it needs of them. */
import { fieldsOf, isObject, listOf, metadataOf, type Raw, textOf } from '../../base/json.ts';
import { type PoolCoverage, readPoolCoverage } from '../../config/pool/coverage.ts';
import type { PoolObject } from '../../config/pool/pool-set.ts';
import { decodeNamespace, decodePool, withoutBookkeeping } from '../../kube/informer/decode.ts';
import type { Namespace } from '../../objects/namespace.ts';
import type { Labels } from '../../objects/selector.ts';
import type { Deployment } from '../metallb-controller.ts';

type ObjectVersion = { readonly uid: string; readonly resourceVersion: string };

const versionOf = (raw: Raw): ObjectVersion => {
  const { uid, resourceVersion } = metadataOf(raw);
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion) };
};

const labelsOf = (raw: unknown): Labels => {
  const labels = fieldsOf(metadataOf(fieldsOf(raw))['labels']);
  const texts = Object.entries(labels).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
};

export type WatchedNamespace = Namespace & ObjectVersion;

export function toWatchedNamespace(raw: Raw): WatchedNamespace | null {
  const namespace = decodeNamespace(raw);
  return namespace === null ? null : { ...namespace, ...versionOf(raw) };
}

export type WatchedPool = PoolObject & ObjectVersion & { readonly labels: Labels };

export function toWatchedPool(raw: Raw): WatchedPool | null {
  const pool = decodePool(raw);
  return pool === null ? null : { ...pool, ...versionOf(raw), labels: labelsOf(raw) };
}

/** `coverage` is null where it cannot be read. */
export type WatchedAdvertisement = ObjectVersion & {
  readonly name: string;
  readonly coverage: PoolCoverage | null;
};

export function toWatchedAdvertisement(raw: Raw): WatchedAdvertisement | null {
  return { ...versionOf(raw), name: textOf(metadataOf(raw)['name']), coverage: readPoolCoverage(raw) };
}

export type WatchedDeployment = Deployment & ObjectVersion;

export function toWatchedDeployment(raw: Raw): WatchedDeployment | null {
  const ready = fieldsOf(raw['status'])['readyReplicas'];
  const replicas = fieldsOf(raw['spec'])['replicas'];
  return {
    ...versionOf(raw),
    name: textOf(metadataOf(raw)['name']),
    labels: labelsOf(raw),
    readyReplicas: typeof ready === 'number' ? ready : 0,
    replicas: typeof replicas === 'number' ? replicas : 1, // the API's default
  };
}

/** A Node as far as pools may get into its way: `addresses` are those that machines reach it at. */
export type WatchedNode = ObjectVersion & { readonly name: string; readonly addresses: readonly string[] };

const NODE_ADDRESS_TYPES: readonly unknown[] = ['InternalIP', 'ExternalIP'];

export function toWatchedNode(raw: Raw): WatchedNode | null {
  const addresses = listOf(fieldsOf(raw['status'])['addresses']).map(fieldsOf);
  return {
    ...versionOf(raw),
    name: textOf(metadataOf(raw)['name']),
    addresses: addresses
      .filter(({ type }) => NODE_ADDRESS_TYPES.includes(type))
      .map(({ address }) => textOf(address)),
  };
}

/** Kept whole: `config/` reads it. */
export type WatchedConfigMap = ObjectVersion & { readonly name: string; readonly raw: Raw };

export function toWatchedConfigMap(raw: Raw): WatchedConfigMap | null {
  if (!isObject(raw)) return null;
  return { ...versionOf(raw), name: textOf(metadataOf(raw)['name']), raw: withoutBookkeeping(raw) };
}
