/** The condition `berth.dev/Announced` of a Service that a speaker answers for by layer 2, or should. */

import type { Layer2State } from '../../../layer2/election/layer2-state.ts';
import type { Layer2ServiceRefusal } from '../../../layer2/election/refusal.ts';
import type { AddressConflict } from '../../../layer2/membership/speaker-presence.ts';
import { explainLayer2 } from '../../../layer2/report/explanation.ts';
import { formatAddress } from '../../../net/address.ts';
import type { ConditionValue } from '../../../objects/condition.ts';
import type { ServiceKey } from '../../../objects/service.ts';

/** A closed list: it is documented, and alerts rely on it. */
export const LAYER2_REASONS = {
  Answered: 'The speaker on the named node answers for the address by ARP and NDP.',
  NoNodeAnswers: 'No node may answer for the address by ARP and NDP.',
  SharedAddressApart:
    'Other Services share the address, and the node that answers for it cannot serve this Service.',
  AddressConflict:
    'Another host uses the address: the message has its MAC address, and the node and interface that see it.',
  MetallbAnswers: 'Speakers of MetalLB are ready in the namespace, so those of Berth answer for nothing.',
} as const satisfies Record<string, string>;

export type Layer2Reason = keyof typeof LAYER2_REASONS | 'NoSpeaker' | 'NoEndpointAnnounces' | 'NotVisible';

export type Layer2Condition = ConditionValue<Layer2Reason>;

/** Of these, nothing is to be said: the Service has nothing to announce, or layer 2 is not concerned. */
const SILENT: ReadonlySet<Layer2ServiceRefusal['code']> = new Set([
  ...(['notLoadBalancer', 'otherClass', 'noIPAllocated', 'invalidIP', 'ipNotAllowed'] as const),
  ...(['noAdvertisement', 'noServiceSelected'] as const),
]);

export type Layer2ConditionContext = {
  readonly state: Layer2State;
  /** The node in the ServiceL2Status of each Service. */
  readonly recorded: Pick<ReadonlyMap<ServiceKey, string>, 'get'>;
  readonly standsBy: boolean;
  /** What the speaker of a node has published; none for a node that is left out. */
  readonly conflicts: Pick<ReadonlyMap<string, readonly AddressConflict[]>, 'get'>;
};

/** Null for a Service that layer 2 is not concerned with. */
export function evaluateLayer2Condition(
  key: ServiceKey,
  { state, recorded, standsBy, conflicts }: Layer2ConditionContext,
): Layer2Condition | null {
  const refusal = state.refusals.get(key);
  if (refusal !== undefined && SILENT.has(refusal.code)) return null;
  const explained = explainLayer2(state, key);
  if (explained === null) return null;
  const { verdict, node, says, fix } = explained;
  const message = `${capital(says)}.${fix === null ? '' : ` To fix it: ${fix}.`}`;
  if (standsBy) {
    const text =
      'Speakers of MetalLB are ready in the namespace, and elect apart. Berth answers when they are gone.';
    return { status: 'Unknown', reason: 'MetallbAnswers', message: text };
  }
  const conflict = node === null ? null : conflictOf(state, key, conflicts.get(node) ?? []);
  if (node !== null && conflict !== null && verdict === 'answered') {
    const { address, mac, interface: name } = conflict;
    const text = `Another host uses ${address}: node ${node} sees its MAC address ${mac} on ${name}. To fix it: take the address off that host, or out of the pool.`;
    return { status: 'False', reason: 'AddressConflict', message: text };
  }
  switch (verdict) {
    case 'answered':
      // Only the record shows that the node has answered.
      return recorded.get(key) === node
        ? { status: 'True', reason: 'Answered', message: `Answered for by ARP and NDP from node ${node}.` }
        : {
            status: 'Unknown',
            reason: 'NotVisible',
            message: `Node ${node} should answer, and has not said so.`,
          };
    case 'unreachable':
      return { status: 'False', reason: 'SharedAddressApart', message };
    case 'noneAlive':
      return { status: 'False', reason: 'NoSpeaker', message };
    case 'refused':
      return refusal?.code === 'noEndpoints'
        ? { status: 'False', reason: 'NoEndpointAnnounces', message }
        : { status: 'False', reason: 'NoNodeAnswers', message };
  }
}

/** The first of the Service's addresses that another host uses; null where there is none. */
function conflictOf(
  { elections }: Layer2State,
  key: ServiceKey,
  conflicts: readonly AddressConflict[],
): AddressConflict | null {
  if (conflicts.length === 0) return null;
  const wanted = elections.flatMap(({ group }) => group).find(({ service }) => service.key === key);
  const addresses = new Set(wanted?.addresses.map(formatAddress));
  return conflicts.find(({ address }) => addresses.has(address)) ?? null;
}

const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
