/** Simulates the speaker of one node: what it knows, and what it answers for. */
import type { NamespaceScope } from '../../announce/config/node-config.ts';
import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import {
  type ClusterObjects,
  computeSpeakerState,
  type SpeakerModelState,
} from '../../announce/model/full-model.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type Layer2Config, resolveLayer2Config } from '../election/layer2-config.ts';
import type { Layer2Service } from '../election/layer2-service.ts';
import { computeLayer2State, type Layer2State } from '../election/layer2-state.ts';
import type { ElectionNode } from '../election/standing.ts';
import { usableByService } from '../election/usable-endpoints.ts';
import type { AliveNodes } from '../membership/alive.ts';

/** What all speakers read of the API server. */
export type SpeakerView = {
  readonly objects: ClusterObjects;
  readonly services: readonly Layer2Service[];
  readonly nodes: readonly ElectionNode[];
  readonly recorded: ReadonlyMap<ServiceKey, string>;
  readonly alive: AliveNodes;
};

export type SimulatedSpeaker = NamespaceScope & { readonly node: string; readonly flags: SpeakerFlags };

/** `config` and `model` hold the last good configuration. */
export type SpeakerProcessState = {
  readonly model: SpeakerModelState;
  readonly config: Layer2Config;
  readonly state: Layer2State;
};

/** `before` is null for a process that has just started. */
export function stepSpeaker(
  speaker: SimulatedSpeaker,
  { objects, services, nodes, recorded, alive }: SpeakerView,
  before: SpeakerProcessState | null,
): SpeakerProcessState {
  const model = computeSpeakerState(speaker, objects, before?.model ?? null);
  const config = resolveLayer2Config(objects.config.layer2, speaker, before?.config ?? null);
  const state = computeLayer2State(
    {
      ...{ services, config, flags: speaker.flags, pools: model.nodeConfig.pools },
      endpoints: usableByService(objects.endpointSlices),
    },
    // It predicts who answers when all has settled.
    {
      nodes,
      alive,
      returned: new Set(),
      leaving: new Set(),
      recorded,
      handOver: new Map(),
      keepsOwner: true,
    },
    before?.state ?? null,
  );
  return { model, config, state };
}
