/** A `coordination.k8s.io/v1` Lease as an election reads and writes it. */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { apiVersion, LEASES } from '../resource.ts';

/**
 * What a leader leaves behind as it gives the lease back: the resource version up to which its successor has to have
 * seen the objects that it wrote to. Who has seen as much need not list them again.
 */
export const LAST_WRITTEN_VERSION_ANNOTATION = 'berth.dev/written-up-to';

export type LeaseRecord = {
  readonly resourceVersion: string;
  /** '' where nobody holds it. */
  readonly holder: string;
  /** How long others have to wait after its last change; 0 where it does not say. */
  readonly duration: Millis;
  /** How often it changed hands. */
  readonly transitions: number;
  /** As it was written; '' where it does not say. */
  readonly acquireTime: string;
  /** As it was written. Only told apart, never compared with a clock of ours. */
  readonly renewTime: string;
  /** What the last holder left behind; '' where it did not, or has not gone yet. */
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

/** The whole object; `resourceVersion` null makes a new one, else it is the precondition. */
export function leaseObject(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  resourceVersion: string | null,
  spec: LeaseSpec,
): object {
  return {
    apiVersion: apiVersion(LEASES),
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
