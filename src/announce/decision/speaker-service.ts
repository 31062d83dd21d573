/** A Service, as far as announcing looks at it. */
import { fieldsOf, listOf, textOf } from '../../base/json.ts';
import { identityOf } from '../../objects/identity.ts';
import { type Ingress, type Service, serviceKey } from '../../objects/service.ts';

/**
 * Who wrote the status, `ipMode`, annotations, wishes, finalizers and a deletion that has begun do not matter: what
 * stands in the status is served, so it is announced.
 */
export type SpeakerService = Pick<
  Service,
  'key' | 'createdAt' | 'labels' | 'type' | 'loadBalancerClass' | 'externalTrafficPolicy'
> & { readonly ingress: readonly Pick<Ingress, 'ip'>[] };

export function readSpeakerService(raw: unknown): SpeakerService {
  const { namespace, name, createdAt, labels } = identityOf(raw);
  const spec = fieldsOf(fieldsOf(raw)['spec']);
  const balancer = fieldsOf(fieldsOf(fieldsOf(raw)['status'])['loadBalancer']);
  const { loadBalancerClass } = spec;
  return {
    key: serviceKey(namespace, name),
    createdAt,
    labels,
    type: textOf(spec['type']),
    loadBalancerClass: typeof loadBalancerClass === 'string' ? loadBalancerClass : null,
    externalTrafficPolicy: textOf(spec['externalTrafficPolicy']),
    ingress: listOf(balancer['ingress']).map((one) => ({ ip: textOf(fieldsOf(one)['ip']) || null })),
  };
}

/** The older first, then by key: who of several on one prefix has the say. */
export const compareServiceAge = (a: SpeakerService, b: SpeakerService): number =>
  a.createdAt === b.createdAt ? (a.key < b.key ? -1 : 1) : a.createdAt < b.createdAt ? -1 : 1;
