/** The fields of a Service that decide whether and how it is announced. */
import type { Ingress, Service } from '../../objects/service.ts';

/**
 * What the status lists is reachable, so it is announced. Ignored: the writer of the status, `ipMode`, annotations,
 * requested addresses, finalizers, and a deletion that has begun.
 */
export type SpeakerService = Pick<
  Service,
  'key' | 'createdAt' | 'labels' | 'type' | 'loadBalancerClass' | 'externalTrafficPolicy'
> & { readonly ingress: readonly Pick<Ingress, 'ip'>[] };

/** A copy without all other fields: a speaker keeps one of every Service. */
export const toSpeakerService = ({
  key,
  createdAt,
  labels,
  type,
  loadBalancerClass,
  externalTrafficPolicy,
  ingress,
}: Service): SpeakerService => ({
  key,
  createdAt,
  labels,
  type,
  loadBalancerClass,
  externalTrafficPolicy,
  ingress,
});
