/** The condition `berth.dev/Announced` of a Service that a speaker answers for by layer 2, or should. */

import type { Layer2State } from '../../../layer2/election/layer2-state.ts';
import { type Layer2ServiceRefusal, UNCONCERNED } from '../../../layer2/election/refusal.ts';
import type { PublishedInterface } from '../../../layer2/membership/speaker-presence.ts';
import { conflictHints, type PublishedConflicts } from '../../../layer2/report/conflict-hint.ts';
import { explainLayer2 } from '../../../layer2/report/explanation.ts';
import { interfaceHints } from '../../../layer2/report/interface-hint.ts';
import { type SilentSpeakers, silentHint } from '../../../layer2/report/silent-hint.ts';
import { subnetHints } from '../../../layer2/report/subnet-hint.ts';
import type { ConditionValue } from '../../../objects/condition.ts';
import type { ServiceKey } from '../../../objects/service.ts';
import { showSpeakerPods } from '../../../objects/speaker-pods.ts';

/** A closed list: it is documented, and alerts rely on it. */
export const LAYER2_REASONS = {
  Answered: 'The speaker on the named node answers for the address by ARP and NDP.',
  AnsweredOffSubnet:
    'The speaker on the named node answers, and the address is in no subnet of the interfaces that can: hosts of the segment do not ask for it.',
  KubeProxyAnswers:
    'kube-proxy runs in IPVS mode without strictARP, so that every node answers ARP for the address, whoever is elected.',
  NoNodeAnswers: 'No node may answer for the address by ARP and NDP.',
  UnknownInterface:
    'The L2Advertisements name interfaces that no node has, so no node may answer for the address.',
  SpeakersDoNotAnswer:
    'The speakers of the nodes that may answer run without layer 2: they lack the capability NET_RAW, or have it turned off.',
  SharedAddressApart:
    'Other Services share the address, and the node that answers for it cannot serve this Service.',
  AddressConflict:
    'Another host uses the address: the message has its MAC address, and the node and interface that see it.',
  MetallbAnswers:
    'A speaker of MetalLB may answer for the address, so those of Berth stand by for it until it is gone.',
} as const satisfies Record<string, string>;

export type Layer2Reason = keyof typeof LAYER2_REASONS | 'NoSpeaker' | 'NoEndpointAnnounces' | 'NotVisible';

export type Layer2Condition = ConditionValue<Layer2Reason>;

/** Of these, nothing is to be said: the Service has nothing to announce, or layer 2 is not concerned. */
const SILENT: ReadonlySet<Layer2ServiceRefusal['code']> = new Set([...UNCONCERNED, 'noServiceSelected']);

export type Layer2ConditionContext = {
  readonly state: Layer2State;
  /** The node in the ServiceL2Status of each Service. */
  readonly recorded: Pick<ReadonlyMap<ServiceKey, string>, 'get'>;
  readonly conflicts: PublishedConflicts;
  /** That the speakers have published, by node. */
  readonly interfaces: ReadonlyMap<string, readonly PublishedInterface[]>;
  readonly silent: SilentSpeakers;
  /** That kube-proxy answers ARP itself, and the fix; null where it does not, or where that is not known. */
  readonly kubeProxy: string | null;
};

/** Null for a Service that layer 2 is not concerned with. */
export function evaluateLayer2Condition(
  key: ServiceKey,
  { state, recorded, conflicts, interfaces, silent, kubeProxy }: Layer2ConditionContext,
): Layer2Condition | null {
  const refusal = state.refusals.get(key);
  if (refusal !== undefined && SILENT.has(refusal.code)) return null;
  const explained = explainLayer2(state, key);
  if (explained === null) return null;
  const { verdict, node, says, fix } = explained;
  const message = `${capital(says)}.${fix === null ? '' : ` To fix it: ${fix}.`}`;
  switch (verdict) {
    case 'answered': {
      const [conflict] = conflictHints(state, conflicts, key);
      if (conflict !== undefined)
        return { status: 'False', reason: 'AddressConflict', message: `${capital(conflict)}.` };
      if (kubeProxy !== null)
        return { status: 'False', reason: 'KubeProxyAnswers', message: `${kubeProxy}.` };
      // Only the record shows that the node has answered.
      if (recorded.get(key) !== node) {
        const text = `Node ${node} should answer, and has not said so. To fix it, if it stays so: see whether the speaker there is ready, and what its log says: ${showSpeakerPods(null)}.`;
        return { status: 'Unknown', reason: 'NotVisible', message: text };
      }
      const answered = `Answered for by ARP and NDP from node ${node}.`;
      const offSubnet = subnetHints(state, interfaces, key).map((hint) => ` But ${hint}.`);
      return offSubnet.length === 0
        ? { status: 'True', reason: 'Answered', message: answered }
        : { status: 'True', reason: 'AnsweredOffSubnet', message: `${answered}${offSubnet.join('')}` };
    }
    case 'metallb':
      return { status: 'Unknown', reason: 'MetallbAnswers', message };
    case 'unreachable':
      return { status: 'False', reason: 'SharedAddressApart', message };
    case 'noneAlive':
      return silentCondition(state, silent, key) ?? { status: 'False', reason: 'NoSpeaker', message };
    case 'refused': {
      if (refusal?.code === 'noEndpoints') return { status: 'False', reason: 'NoEndpointAnnounces', message };
      const ofSilent = silentCondition(state, silent, key);
      if (ofSilent !== null) return ofSilent;
      if (silent.nodes.length === 0 && state.byService.get(key)?.standings.length === 0) return NO_SPEAKER;
      const unknown = interfaceHints(state, interfaces, key);
      return isForInterfaces(state, key) && unknown.length > 0
        ? { status: 'False', reason: 'UnknownInterface', message: `${unknown.map(capital).join('. ')}.` }
        : { status: 'False', reason: 'NoNodeAnswers', message };
    }
  }
}

/** Each SpeakerStatus is of a speaker that has ended. */
const NO_SPEAKER: Layer2Condition = {
  status: 'False',
  reason: 'NoSpeaker',
  message: `Nobody answers by layer 2: no speaker of Berth runs. To fix it: see why their Pods are missing or not ready: ${showSpeakerPods(null)}.`,
};

function silentCondition(
  state: Layer2State,
  silent: SilentSpeakers,
  key: ServiceKey,
): Layer2Condition | null {
  const hint = silentHint(state, silent, key);
  if (hint === null) return null;
  return { status: 'False', reason: 'SpeakersDoNotAnswer', message: `Nobody answers by layer 2: ${hint}.` };
}

/** Whether a node could answer if it had one of the interfaces that are named. */
const isForInterfaces = ({ byService }: Layer2State, key: ServiceKey): boolean =>
  byService.get(key)?.withoutInterface != null;

const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
