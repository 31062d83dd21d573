/** Objects other than Services that the controller watches, decoded on arrival. */
import { fieldsOf, isObject, type Raw } from '../../base/json.ts';
import { type PoolCoverage, readPoolCoverage } from '../../config/pool/coverage.ts';
import { type PoolObject, toPoolObject } from '../../config/pool/pool-set.ts';
import {
  labelsOf,
  nameOf,
  type ObjectVersion,
  versionOf,
  withoutBookkeeping,
} from '../../objects/metadata.ts';
import { decodeNamespace, type Namespace } from '../../objects/namespace.ts';
import { decodeNode, type Node } from '../../objects/node.ts';
import type { Labels } from '../../objects/selector.ts';
import type { Deployment } from '../metallb-controller.ts';

export type WatchedNamespace = Namespace & ObjectVersion;

export function toWatchedNamespace(raw: Raw): WatchedNamespace | null {
  const namespace = decodeNamespace(raw);
  return namespace === null ? null : { ...namespace, ...versionOf(raw) };
}

export type WatchedPool = PoolObject & ObjectVersion & { readonly labels: Labels };

export function toWatchedPool(raw: Raw): WatchedPool | null {
  const pool = toPoolObject(withoutBookkeeping(raw));
  return pool.name === '' ? null : { ...pool, ...versionOf(raw), labels: labelsOf(raw) };
}

/** `coverage` is null where it cannot be read. */
export type WatchedAdvertisement = ObjectVersion & {
  readonly name: string;
  readonly coverage: PoolCoverage | null;
};

export function toWatchedAdvertisement(raw: Raw): WatchedAdvertisement | null {
  return { ...versionOf(raw), name: nameOf(raw), coverage: readPoolCoverage(raw) };
}

export type WatchedDeployment = Deployment & ObjectVersion;

export function toWatchedDeployment(raw: Raw): WatchedDeployment | null {
  const ready = fieldsOf(raw['status'])['readyReplicas'];
  const replicas = fieldsOf(raw['spec'])['replicas'];
  return {
    ...versionOf(raw),
    name: nameOf(raw),
    labels: labelsOf(raw),
    readyReplicas: typeof ready === 'number' ? ready : 0,
    replicas: typeof replicas === 'number' ? replicas : 1, // the API's default
  };
}

export type WatchedNode = ObjectVersion & { readonly node: Node };

export const toWatchedNode = (raw: Raw): WatchedNode => ({ ...versionOf(raw), node: decodeNode(raw) });

/** Kept whole: `config/` reads it. */
export type WatchedConfigMap = ObjectVersion & { readonly name: string; readonly raw: Raw };

export function toWatchedConfigMap(raw: Raw): WatchedConfigMap | null {
  if (!isObject(raw)) return null;
  return { ...versionOf(raw), name: nameOf(raw), raw: withoutBookkeeping(raw) };
}
