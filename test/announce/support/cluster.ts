/** Small clusters for tests of announcing. */

import { readdirSync, readFileSync } from 'node:fs';
import {
  computeSpeakerState,
  type SpeakerIdentity,
  type SpeakerModelState,
} from '../../../src/announce/model/full-model.ts';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import type { Raw } from '../../../src/base/json.ts';

export const DEFAULT_SPEAKER: SpeakerIdentity = {
  namespace: 'metallb-system',
  node: 'n1',
  flags: { lbClass: null, ignoreExcludeLabel: false },
};

export function loadObservedCases(): readonly Raw[] {
  const folder = new URL('./cases/', import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
}

const metallbObject = (kind: string, name: string, spec: Raw, metadata: Raw = {}): Raw => ({
  apiVersion: kind === 'BGPPeer' ? 'metallb.io/v1beta2' : 'metallb.io/v1beta1',
  kind,
  metadata: { name, namespace: 'metallb-system', ...metadata },
  spec,
});

export const node = (name: string, labels: Raw = {}, status: Raw = {}): Raw => ({
  kind: 'Node',
  metadata: { name, labels },
  status,
});

export const pool = (name: string, addresses: readonly string[], metadata: Raw = {}): Raw =>
  metallbObject('IPAddressPool', name, { addresses }, metadata);

export const advertisement = (name: string, spec: Raw = {}): Raw =>
  metallbObject('BGPAdvertisement', name, spec);

export const peer = (name: string, spec: Raw = {}): Raw =>
  metallbObject('BGPPeer', name, { myASN: 64500, peerASN: 64512, peerAddress: '10.213.0.1', ...spec });

export const community = (name: string, aliases: Readonly<Record<string, string>>): Raw =>
  metallbObject('Community', name, {
    communities: Object.entries(aliases).map(([alias, value]) => ({ name: alias, value })),
  });

export const secret = (name: string, type: string, data: Raw): Raw => ({
  ...metallbObject('Secret', name, {}),
  apiVersion: 'v1',
  type,
  data,
});

export const service = (name: string, ips: readonly string[], spec: Raw = {}, labels: Raw = {}): Raw => ({
  kind: 'Service',
  metadata: { name, namespace: 'web', labels },
  spec: { type: 'LoadBalancer', ...spec },
  status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
});

export const endpointSlice = (serviceName: string, endpoints: readonly Raw[]): Raw => ({
  kind: 'EndpointSlice',
  metadata: {
    name: `${serviceName}-1`,
    namespace: 'web',
    labels: { 'kubernetes.io/service-name': serviceName },
  },
  endpoints,
});

/** A Service with one endpoint on n1. */
export const serviceWithEndpoint = (
  name: string,
  ip: string,
  spec: Raw = {},
  labels: Raw = {},
): readonly Raw[] => [
  service(name, [ip], spec, labels),
  endpointSlice(name, [{ addresses: ['10.244.0.9'], nodeName: 'n1' }]),
];

/** A store and a speaker on n1 that looks after each change. */
export class SimulatedSpeaker {
  readonly store = new SimulatedObjectStore(DEFAULT_SPEAKER.namespace);
  readonly #speaker: SpeakerIdentity;
  state: SpeakerModelState;

  constructor(objects: readonly Raw[], speaker: Partial<SpeakerIdentity> = {}) {
    this.#speaker = { ...DEFAULT_SPEAKER, ...speaker };
    for (const raw of objects) this.store.create(raw);
    this.state = computeSpeakerState(this.#speaker, this.store.objects(), null);
  }

  change(edit: (store: SimulatedObjectStore) => void): this {
    this.store.advanceClock();
    edit(this.store);
    this.state = computeSpeakerState(this.#speaker, this.store.objects(), this.state);
    return this;
  }

  /** A new process, without last good versions. */
  restart(): this {
    this.state = computeSpeakerState(this.#speaker, this.store.objects(), null);
    return this;
  }

  /** By peer, the prefixes with LOCAL_PREF and communities: `r1 10.20.1.5/32 150 [4227072001]`. */
  get routeLines(): readonly string[] {
    return this.state.sessions.flatMap(({ peer, routes }) =>
      [...routes].map(([prefix, { localPref, communities }]) =>
        `${peer.name} ${prefix} ${localPref} ${communities.map((one) => one & 0xffff).join('+')}`.trim(),
      ),
    );
  }

  get errorLines(): readonly string[] {
    return this.state.nodeConfig.errors.map(
      ({ kind, name, issue }) => `${kind} ${name}: ${issue.path}: ${issue.message}`,
    );
  }

  refusalCode(name: string): string | null {
    const decision = this.state.decisions.get(`web/${name}`);
    return decision?.kind === 'refused' ? decision.refusal.code : null;
  }
}
