/** The smaller objects that the controller watches, cut down to what it needs of them. */
import { fieldsOf, isObject, listOf, metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import type { Namespace } from '../../cluster/namespace.ts';
import type { Labels } from '../../cluster/selector.ts';
import { type Coverage, readCoverage } from '../../config/coverage.ts';
import type { PoolObject } from '../../config/pools.ts';
import { translateNamespace, translatePool, withoutBallast } from '../../kube/translate.ts';
import type { Deployment } from '../rivals.ts';

type Identity = { readonly uid: string; readonly resourceVersion: string };

const identity = (raw: Raw): Identity => {
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

export type WatchedNamespace = Namespace & Identity;

export function watchedNamespace(raw: Raw): WatchedNamespace | null {
  const namespace = translateNamespace(raw);
  return namespace === null ? null : { ...namespace, ...identity(raw) };
}

export type WatchedPool = PoolObject & Identity & { readonly labels: Labels };

export function watchedPool(raw: Raw): WatchedPool | null {
  const pool = translatePool(raw);
  return pool === null ? null : { ...pool, ...identity(raw), labels: labelsOf(raw) };
}

/** `coverage` is null where it cannot be read. */
export type WatchedAdvertisement = Identity & { readonly name: string; readonly coverage: Coverage | null };

export function watchedAdvertisement(raw: Raw): WatchedAdvertisement | null {
  return { ...identity(raw), name: textOf(metadataOf(raw)['name']), coverage: readCoverage(raw) };
}

export type WatchedDeployment = Deployment & Identity;

export function watchedDeployment(raw: Raw): WatchedDeployment | null {
  const ready = fieldsOf(raw['status'])['readyReplicas'];
  const replicas = fieldsOf(raw['spec'])['replicas'];
  return {
    ...identity(raw),
    name: textOf(metadataOf(raw)['name']),
    labels: labelsOf(raw),
    readyReplicas: typeof ready === 'number' ? ready : 0,
    replicas: typeof replicas === 'number' ? replicas : 1, // the API's default
  };
}

/** A Node as far as pools may get into its way: `addresses` are those that machines reach it at. */
export type WatchedNode = Identity & { readonly name: string; readonly addresses: readonly string[] };

const NODE_ADDRESSES: readonly unknown[] = ['InternalIP', 'ExternalIP'];

export function watchedNode(raw: Raw): WatchedNode | null {
  const addresses = listOf(fieldsOf(raw['status'])['addresses']).map(fieldsOf);
  return {
    ...identity(raw),
    name: textOf(metadataOf(raw)['name']),
    addresses: addresses
      .filter(({ type }) => NODE_ADDRESSES.includes(type))
      .map(({ address }) => textOf(address)),
  };
}

/** Kept whole: `config/` reads it. */
export type WatchedConfigMap = Identity & { readonly name: string; readonly raw: Raw };

export function watchedConfigMap(raw: Raw): WatchedConfigMap | null {
  if (!isObject(raw)) return null;
  return { ...identity(raw), name: textOf(metadataOf(raw)['name']), raw: withoutBallast(raw) };
}
