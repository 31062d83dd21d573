/** Metadata of Kubernetes objects (`metav1.ObjectMeta`), read from unknown objects, and the order by age. */
import type { Millis } from '../base/clock.ts';
import { fieldsOf, isObject, mapOf, type Raw, textOf } from '../base/json.ts';
import { compareText } from '../base/text.ts';
import { relevantAnnotations } from './annotations.ts';
import type { Labels } from './selector.ts';

/** `metadata` of an object; empty where it has none. */
export const metadataOf = (raw: Raw): Raw => fieldsOf(raw['metadata']);
export const nameOf = (raw: Raw): string => textOf(metadataOf(raw)['name']);
export const namespaceOf = (raw: Raw): string => textOf(metadataOf(raw)['namespace']);
export const labelsOf = (raw: Raw): Labels => mapOf(metadataOf(raw)['labels']);
export const annotationsOf = (raw: Raw): Readonly<Record<string, string>> =>
  mapOf(metadataOf(raw)['annotations']);
/** `spec` of an object; empty where it has none. */
export const specOf = (raw: Raw): Raw => fieldsOf(raw['spec']);
/** `status` of an object; empty where it has none. */
export const statusOf = (raw: Raw): Raw => fieldsOf(raw['status']);

/** `namespace/name`; `/name` for an object without a namespace. */
export const namespacedNameOf = (raw: Raw): string => `${namespaceOf(raw)}/${nameOf(raw)}`;

/** What distinguishes one state of an object from every other. */
export type ObjectVersion = { readonly uid: string; readonly resourceVersion: string };

export function versionOf(raw: Raw): ObjectVersion {
  const { uid, resourceVersion } = metadataOf(raw);
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion) };
}

/** The identity of an object, whatever else is wrong with it. */
export type ObjectIdentity = {
  readonly name: string;
  /** '' where none is given. */
  readonly namespace: string;
  readonly uid: string;
  /** Wall time; see `parseCreationTimestamp`. */
  readonly createdAt: Millis;
  readonly labels: Labels;
};

export function identityOf(raw: unknown): ObjectIdentity {
  const { name, namespace, uid, creationTimestamp, labels } = metadataOf(fieldsOf(raw));
  return {
    name: textOf(name),
    namespace: textOf(namespace),
    uid: textOf(uid),
    createdAt: parseCreationTimestamp(creationTimestamp),
    labels: mapOf(labels),
  };
}

/**
 * `metadata.creationTimestamp` as wall time in milliseconds. Every API server sets it, so an object without one, or with
 * one that is no date, has not been stored yet: it is younger than all that have (`Infinity`).
 */
export function parseCreationTimestamp(value: unknown): Millis {
  const createdAt = Date.parse(textOf(value));
  return Number.isNaN(createdAt) ? Number.POSITIVE_INFINITY : createdAt;
}

type Aged = Pick<ObjectIdentity, 'createdAt'>;

/** The older first; 0 for two objects of the same age. */
export const compareCreation = (a: Aged, b: Aged): number =>
  a.createdAt === b.createdAt ? 0 : a.createdAt < b.createdAt ? -1 : 1;

/** The older first; then by name, and by uid, so that the order is total. */
export const compareAge = (
  a: Pick<ObjectIdentity, 'createdAt' | 'name' | 'uid'>,
  b: Pick<ObjectIdentity, 'createdAt' | 'name' | 'uid'>,
): number => compareCreation(a, b) || compareText(a.name, b.name) || compareText(a.uid, b.uid);

/** `raw` without `managedFields`, and without annotations that nobody here reads, such as kubectl's copy of the object. */
export function withoutBookkeeping(raw: Raw): Raw {
  const { managedFields: _, ...metadata } = metadataOf(raw);
  if (!isObject(metadata['annotations'])) return { ...raw, metadata };
  return { ...raw, metadata: { ...metadata, annotations: relevantAnnotations(metadata['annotations']) } };
}

/**
 * The part of an object that its author writes. Equal parts mean that an update changed only the status, or only the
 * counters that go up with each write (`resourceVersion`, `generation`).
 */
export function userWrittenPart(raw: Raw): Raw {
  const { status: _, ...rest } = withoutBookkeeping(raw);
  const { resourceVersion: __, generation: ___, ...metadata } = metadataOf(rest);
  return { ...rest, metadata };
}
