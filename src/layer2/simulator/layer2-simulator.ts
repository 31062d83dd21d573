/**
 * Simulates the speakers of a cluster on two Ethernet segments, action by action. After each action everything has come to
 * rest: who died was missed, and who returned was heard.
 */

import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import type { ClusterObjects } from '../../announce/model/full-model.ts';
import { METALLB_NAMESPACE } from '../../announce/simulator/cluster-simulator.ts';
import { SimulatedObjectStore } from '../../announce/simulator/object-store.ts';
import { observeConfig } from '../../announce/simulator/observation.ts';
import { fieldsOf, isObject, listOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import type { LegacyConfigSettings } from '../../config/legacy/config-map.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import { toLayer2Service } from '../election/layer2-service.ts';
import { nodeShare } from '../election/node-share.ts';
import { RecordIndex } from '../election/record-index.ts';
import { planRecords } from '../election/record-plan.ts';
import type { ElectionNode } from '../election/standing.ts';
import { type AliveNodes, aliveByVerdicts } from '../membership/alive.ts';
import { type FrameReceiver, simulateFrames } from './frames.ts';
import { SimulatedNetwork } from './network.ts';
import { type Answer, answerId, type Layer2Observation, nestAnswers, nestNodes } from './observation.ts';
import { SimulatedRecords } from './records.ts';
import { type SpeakerProcessState, stepSpeaker } from './speaker-process.ts';

type Process = { readonly isRunning: boolean; readonly state: SpeakerProcessState | null };

/** Rounds until writes of records change nothing more; two are enough, and a state that never rests is a bug. */
const ROUNDS_MAX = 8;

export class Layer2Simulator {
  readonly #store: SimulatedObjectStore;
  readonly #network: SimulatedNetwork;
  readonly #flags: SpeakerFlags;
  readonly #frames: Raw | null;
  readonly #processes = new Map<string, Process>();
  readonly #records = new SimulatedRecords();
  readonly #assigned = new Map<string, Set<string>>();
  readonly #failed = new Map<string, Set<string>>();
  #answers: ReadonlyMap<string, Answer> = new Map();
  #answersAtStep: ReadonlyMap<string, Answer> = new Map();
  #gratuitous = new Map<string, Answer>();

  /** `file` is the case. */
  constructor(file: Raw, flags: SpeakerFlags, legacyConfig: LegacyConfigSettings | null = null) {
    this.#store = new SimulatedObjectStore(METALLB_NAMESPACE, legacyConfig);
    this.#flags = flags;
    this.#network = new SimulatedNetwork(file);
    this.#frames = isObject(file['frames']) ? file['frames'] : null;
    for (const raw of listOf(file['objects']).map(fieldsOf)) this.#store.create(raw);
    const speakers = Array.isArray(file['speakers']) ? textsOf(file['speakers']) : this.#store.nodeNames();
    for (const node of speakers) this.#processes.set(node, { isRunning: true, state: null });
    this.#settle();
  }

  beginStep(): void {
    this.#answersAtStep = this.#answers;
    this.#gratuitous = new Map();
  }

  apply(action: Raw): void {
    this.#store.advanceClock();
    const [patch, deleted] = [textOf(action['patch']), textOf(action['delete'])];
    const [ended, started] = [textOf(action['kill']) || textOf(action['stop']), textOf(action['start'])];
    if (action['create'] !== undefined) this.#store.create(fieldsOf(action['create']));
    if (patch !== '') this.#store.patch(patch, action['with']);
    if (deleted !== '') this.#store.delete(deleted);
    const process = this.#processes.get(ended);
    if (process !== undefined) this.#processes.set(ended, { ...process, isRunning: false });
    if (started !== '') this.#processes.set(started, { isRunning: true, state: null });
    this.#network.apply(action);
    this.#settle();
  }

  observe(): Layer2Observation {
    const announced = [...this.#gratuitous].filter(([id]) => this.#answers.has(id));
    const stray = [...this.#gratuitous].filter(
      ([id]) => !this.#answers.has(id) && !this.#answersAtStep.has(id),
    );
    const processes = [...this.#processes].sort(([a], [b]) => compareText(a, b));
    return {
      answers: nestAnswers(this.#answers.values()),
      announced: nestAnswers(announced.map(([, one]) => one)),
      ...(stray.length === 0 ? {} : { stray: nestAnswers(stray.map(([, one]) => one)) }),
      status: this.#records.observe(),
      assigned: nestNodes(this.#assigned),
      ...(this.#failed.size === 0 ? {} : { failed: nestNodes(this.#failed) }),
      config: Object.fromEntries(
        processes.flatMap(([node, { state }]) =>
          state === null ? [] : [[node, observeConfig(state.model)] as const],
        ),
      ),
      ...(this.#frames === null ? {} : { frames: simulateFrames(this.#frames, this.#receivers()) }),
    };
  }

  #receivers(): readonly FrameReceiver[] {
    return [...this.#processes.keys()].flatMap((node) =>
      [...this.#network.answering(node)].map(([name, segment]): FrameReceiver => {
        const by = `${node}:${name}`;
        const answersFor = (address: Address): boolean =>
          this.#answers.has(answerId({ address: formatAddress(address), segment, by }));
        return { by, segment, answersFor };
      }),
    );
  }

  #settle(): void {
    for (let round = 0; round < ROUNDS_MAX; round++) if (!this.#reconcile()) return;
    throw new Error('the simulated speakers do not come to rest');
  }

  /** Whether a record changed. */
  #reconcile(): boolean {
    const objects = this.#store.objects();
    const alive = this.#alive();
    const view = {
      ...{ objects, alive, recorded: this.#records.owners() },
      services: this.#store.services().map(toLayer2Service),
      nodes: this.#electionNodes(objects),
    };
    for (const [node, { isRunning, state }] of this.#processes) {
      // Without the API server, what is known stands.
      if (!isRunning || (state !== null && !this.#network.reachesApi(node))) continue;
      const speaker = { node, namespace: METALLB_NAMESPACE, flags: this.#flags };
      this.#processes.set(node, { isRunning, state: stepSpeaker(speaker, view, state) });
    }
    this.#answer();
    return this.#writeRecords();
  }

  /** Verdicts of all pairs: up where the one reaches the other and both run. */
  #alive(): AliveNodes {
    const running = this.#running();
    const verdicts = running.flatMap((watcher) =>
      running
        .filter((node) => node !== watcher)
        .map((node) => ({ watcher, node, isUp: this.#network.reaches(watcher, node) })),
    );
    return aliveByVerdicts(
      // Who is cut off from everything says nothing; a speaker that is alone in the cluster goes on.
      running.filter((node) => this.#network.reachesApi(node) || running.length === 1),
      verdicts,
    );
  }

  #running(): readonly string[] {
    return [...this.#processes].flatMap(([node, { isRunning }]) => (isRunning ? [node] : []));
  }

  #electionNodes({ nodes }: ClusterObjects): readonly ElectionNode[] {
    const names = new Set([...nodes.map(({ name }) => name), ...this.#processes.keys()]);
    return [...names].sort(compareText).map((name) => ({
      name,
      node: nodes.find((one) => one.name === name) ?? null,
      interfaces: [...this.#network.answering(name).keys()].map((one) => ({
        name: one,
        families: { 4: true, 6: true },
      })),
    }));
  }

  #answer(): void {
    const answers = new Map<string, Answer>();
    for (const [node, { isRunning, state }] of this.#processes) {
      if (!isRunning || state === null || this.#isCutOff(node)) continue;
      const interfaces = this.#network.answering(node);
      for (const { address, interfaces: wanted } of nodeShare(state.state, node).addresses) {
        for (const [name, segment] of interfaces) {
          if (wanted !== null && !wanted.includes(name)) continue;
          const answer = { address: formatAddress(address), segment, by: `${node}:${name}` };
          answers.set(answerId(answer), answer);
        }
      }
    }
    for (const [id, answer] of answers) if (!this.#answers.has(id)) this.#gratuitous.set(id, answer);
    this.#answers = answers;
  }

  /** It lost its last session, and the API server does not answer. */
  #isCutOff(node: string): boolean {
    return !this.#network.reachesApi(node) && this.#running().length > 1;
  }

  /** As every speaker does behind its answers; whether a record changed. */
  #writeRecords(): boolean {
    let isChanged = false;
    const alive = new Set(this.#running().filter((node) => this.#network.reachesApi(node)));
    for (const [node, { isRunning, state }] of this.#processes) {
      if (!isRunning || state === null || !alive.has(node)) continue;
      const share = nodeShare(state.state, node);
      for (const change of planRecords(state.state, new RecordIndex(this.#records.all), {
        node,
        share,
        alive,
        others: new Set(),
      })) {
        this.#records.apply(node, change);
        isChanged = true;
      }
      for (const { service } of share.services.values()) addTo(this.#assigned, service.key, node);
      for (const { group, withoutInterface } of state.state.elections) {
        if (withoutInterface !== node) continue;
        for (const { service } of group) addTo(this.#failed, service.key, node);
      }
    }
    return isChanged;
  }
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  sets.set(key, (sets.get(key) ?? new Set<string>()).add(value));
}
