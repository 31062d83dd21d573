/** Small clusters for tests of what is announced. */

import { readdirSync, readFileSync } from 'node:fs';
import { answerFor, type NodeAnswer, type Speaker } from '../../src/announce/answer.ts';
import { ObjectStore } from '../../src/announce/store.ts';
import type { Raw } from '../../src/cluster/fields.ts';

export const PLAIN: Speaker = {
  namespace: 'metallb-system',
  node: 'n1',
  flags: { lbClass: null, ignoreExcludeLabel: false },
};

export function observedCases(): readonly Raw[] {
  const folder = new URL('../speaker/cases/', import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
}

const metallb = (kind: string, name: string, spec: Raw, metadata: Raw = {}): Raw => ({
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
  metallb('IPAddressPool', name, { addresses }, metadata);

export const advertisement = (name: string, spec: Raw = {}): Raw => metallb('BGPAdvertisement', name, spec);

export const peer = (name: string, spec: Raw = {}): Raw =>
  metallb('BGPPeer', name, { myASN: 64500, peerASN: 64512, peerAddress: '10.213.0.1', ...spec });

export const community = (name: string, aliases: Readonly<Record<string, string>>): Raw =>
  metallb('Community', name, {
    communities: Object.entries(aliases).map(([alias, value]) => ({ name: alias, value })),
  });

export const secret = (name: string, type: string, data: Raw): Raw => ({
  ...metallb('Secret', name, {}),
  type,
  data,
});

export const service = (name: string, ips: readonly string[], spec: Raw = {}, labels: Raw = {}): Raw => ({
  kind: 'Service',
  metadata: { name, namespace: 'web', labels },
  spec: { type: 'LoadBalancer', ...spec },
  status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
});

export const slice = (of: string, endpoints: readonly Raw[]): Raw => ({
  kind: 'EndpointSlice',
  metadata: { name: `${of}-1`, namespace: 'web', labels: { 'kubernetes.io/service-name': of } },
  endpoints,
});

/** A Service with one endpoint on n1. */
export const served = (name: string, ip: string, spec: Raw = {}, labels: Raw = {}): readonly Raw[] => [
  service(name, [ip], spec, labels),
  slice(name, [{ addresses: ['10.244.0.9'], nodeName: 'n1' }]),
];

/** A store and a speaker on n1 that looks after each change. */
export class Watched {
  readonly store = new ObjectStore(PLAIN.namespace);
  readonly #speaker: Speaker;
  answer: NodeAnswer;

  constructor(objects: readonly Raw[], speaker: Partial<Speaker> = {}) {
    this.#speaker = { ...PLAIN, ...speaker };
    for (const raw of objects) this.store.create(raw);
    this.answer = answerFor(this.#speaker, this.store.objects(), null);
  }

  change(how: (store: ObjectStore) => void): this {
    this.store.tick();
    how(this.store);
    this.answer = answerFor(this.#speaker, this.store.objects(), this.answer);
    return this;
  }

  /** What the process remembered is gone. */
  restart(): this {
    this.answer = answerFor(this.#speaker, this.store.objects(), null);
    return this;
  }

  /** By peer, the prefixes with LOCAL_PREF and communities: `r1 10.20.1.5/32 150 [4227072001]`. */
  get said(): readonly string[] {
    return this.answer.sessions.flatMap(({ peer, routes }) =>
      [...routes].map(([prefix, { localPref, communities }]) =>
        `${peer.name} ${prefix} ${localPref} ${communities.map((one) => one & 0xffff).join('+')}`.trim(),
      ),
    );
  }

  get complaints(): readonly string[] {
    return this.answer.settings.complaints.map(
      ({ kind, name, fault }) => `${kind} ${name}: ${fault.path}: ${fault.message}`,
    );
  }

  why(name: string): string | null {
    const verdict = this.answer.verdicts.get(`web/${name}`);
    return verdict?.kind === 'refused' ? verdict.refusal.code : null;
  }
}
