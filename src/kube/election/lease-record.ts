/** Reads and writes a Lease (`coordination.k8s.io/v1`) as a leader election record. */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { LEASES } from '../resource.ts';

/**
 * Recorded by a leader that releases the lease: the resource version of its last write. A successor whose informers
 * have reached that version need not list again.
 */
export const LAST_WRITTEN_VERSION_ANNOTATION = 'berth.dev/written-up-to';

export type LeaseRecord = {
  readonly resourceVersion: string;
  /** '' where the lease is free. */
  readonly holder: string;
  /** How long other candidates wait after its last change; 0 where the record has none. */
  readonly duration: Millis;
  /** How often the holder changed. */
  readonly transitions: number;
  /** As written; '' where the record has none. */
  readonly acquireTime: string;
  /** As written. Only compared for equality, never with a local clock. */
  readonly renewTime: string;
  /** The last written version that the previous holder recorded; '' where it recorded none, or still leads. */
  readonly lastWrittenVersion: string;
};

export type LeaseSpec = Omit<LeaseRecord, 'resourceVersion'>;

export function readLease(raw: Raw): LeaseRecord {
  const spec = fieldsOf(raw['spec']);
  const seconds = spec['leaseDurationSeconds'];
  const transitions = spec['leaseTransitions'];
  return {
    resourceVersion: textOf(metadataOf(raw)['resourceVersion']),
    holder: textOf(spec['holderIdentity']),
    duration: typeof seconds === 'number' ? seconds * 1000 : 0,
    transitions: typeof transitions === 'number' ? transitions : 0,
    acquireTime: textOf(spec['acquireTime']),
    renewTime: textOf(spec['renewTime']),
    lastWrittenVersion: textOf(fieldsOf(metadataOf(raw)['annotations'])[LAST_WRITTEN_VERSION_ANNOTATION]),
  };
}

/** The Lease object. `resourceVersion` is the precondition of an update; null for a create. */
export function leaseObject(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  resourceVersion: string | null,
  spec: LeaseSpec,
): object {
  return {
    apiVersion: apiVersionOf(LEASES),
    kind: LEASES.kind,
    metadata: {
      namespace,
      name,
      ...(resourceVersion === null ? {} : { resourceVersion }),
      ...(spec.lastWrittenVersion === ''
        ? {}
        : { annotations: { [LAST_WRITTEN_VERSION_ANNOTATION]: spec.lastWrittenVersion } }),
    },
    spec: {
      holderIdentity: spec.holder,
      leaseDurationSeconds: Math.ceil(spec.duration / 1000),
      leaseTransitions: spec.transitions,
      ...(spec.acquireTime === '' ? {} : { acquireTime: spec.acquireTime }),
      ...(spec.renewTime === '' ? {} : { renewTime: spec.renewTime }),
    },
  };
}

/** `metav1.MicroTime`: always six digits. */
export const microTime = (wall: Millis): string => new Date(wall).toISOString().replace('Z', '000Z');
