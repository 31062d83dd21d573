/**
 * One node's part of a cluster that goes on changing. It says what `answerFor` says of the same objects, but looks again
 * only at the Services that something happened to, and at the prefixes that they offer.
 *
 * `settle` is a look: between two of them objects may come and go as they like. A change of configuration or of the Node
 * has every Service judged anew; told is what came out differently.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ServiceKey } from '../cluster/service.ts';
import { identityOf } from '../config/identity.ts';
import type { Speaker } from './answer.ts';
import { ClaimBook } from './claims.ts';
import type { Complaint } from './complaint.ts';
import { readSlice, type SliceView } from './endpoints.ts';
import { type NodeView, readNode } from './node.ts';
import type { Peer } from './peers.ts';
import { NO_PEER_CHANGES, type PeerChanges, PeerTables, type RouteChange } from './peertables.ts';
import { readService, type ServiceView } from './service.ts';
import { type ConfigObjects, reviewSettings, type Settings } from './settings.ts';
import { type Place, SliceBook } from './slicebook.ts';
import { type Announced, meantFor, type Routes } from './table.ts';
import { sameTold, type Told } from './told.ts';
import { judgeService, type Standing } from './verdict.ts';

export type Changes = {
  readonly routes: readonly RouteChange[];
  readonly services: readonly ServiceChange[];
  readonly peers: PeerChanges;
  /** All that there are now, where they are not those of the last look. */
  readonly complaints: readonly Complaint[] | null;
  readonly warnings: readonly Complaint[] | null;
};

/** `told` is null where the Service is gone. */
export type ServiceChange = { readonly key: ServiceKey; readonly told: Told | null };

/** `announced` is what stands in the book of claims, null for nothing. */
type Standpoint = { readonly told: Told; readonly announced: Announced | null };

const NO_CONFIG: ConfigObjects = {
  ...{ pools: [], advertisements: [], layer2: [], peers: [] },
  ...{ communities: [], bfdProfiles: [], secrets: [] },
};

export class NodePicture {
  readonly #speaker: Speaker;
  #config = NO_CONFIG;
  #node: NodeView | null = null;
  #settings: Settings | null = null;
  readonly #services = new Map<ServiceKey, ServiceView>();
  readonly #slices = new SliceBook();
  readonly #standpoints = new Map<ServiceKey, Standpoint>();
  #claims = new ClaimBook();
  readonly #tables = new PeerTables();
  readonly #touched = new Set<ServiceKey>();
  /** Configuration or Node is not that of the last look. */
  #isAnew = true;

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  putService(raw: unknown): void {
    this.takeService(readService(raw));
  }

  /** For who has read it already. */
  takeService(service: ServiceView): void {
    this.#services.set(service.key, service);
    this.#touched.add(service.key);
  }

  removeService(key: ServiceKey): void {
    if (this.#services.delete(key)) this.#touched.add(key);
  }

  putSlice(raw: unknown): void {
    this.takeSlice(identityOf(raw), readSlice(raw, this.#speaker.node));
  }

  takeSlice(place: Place, slice: SliceView): void {
    for (const owner of this.#slices.put(place, slice)) this.#touched.add(owner);
  }

  removeSlice(namespace: string, name: string): void {
    for (const owner of this.#slices.remove({ namespace, name })) this.#touched.add(owner);
  }

  /** Null where there is no Node of this name. */
  putNode(raw: unknown): void {
    const node = raw === null ? null : readNode(raw);
    if (isDeepStrictEqual(node, this.#node)) return;
    this.#node = node;
    this.#isAnew = true;
  }

  putConfig(config: ConfigObjects): void {
    this.#config = config;
    this.#isAnew = true;
  }

  /** Null where there is none of this name. */
  get node(): NodeView | null {
    return this.#node;
  }

  /** What this node goes by, as of the last look; null before the first. */
  get settings(): Settings | null {
    return this.#settings;
  }

  /** What every peer of this node should hear now, as of the last look. */
  get sessions(): readonly { readonly peer: Peer; readonly routes: Routes }[] {
    return this.#tables.sessions;
  }

  /** Null where there is no peer of this name. */
  routesOf(peer: string): Routes | null {
    return this.#tables.routesOf(peer);
  }

  told(key: ServiceKey): Told | null {
    return this.#standpoints.get(key)?.told ?? null;
  }

  settle(): Changes {
    const before = this.#settings;
    const settings = before === null || this.#isAnew ? this.#review(before) : before;
    const prefixes = new Set<string>();
    let peers = NO_PEER_CHANGES;
    if (this.#isAnew) {
      peers = this.#tables.setPeers(settings.peers.active.values());
      for (const prefix of this.#claims.prefixes) prefixes.add(prefix);
      this.#claims = new ClaimBook();
      for (const key of this.#services.keys()) this.#touched.add(key);
    }
    const services = [...this.#touched].flatMap((key) => this.#look(key, settings, prefixes));
    this.#touched.clear();
    this.#isAnew = false;
    this.#settings = settings;
    return {
      routes: this.#tables.tell(prefixes, this.#claims),
      services,
      peers,
      complaints: changed(settings.complaints, before?.complaints ?? []),
      warnings: changed(settings.warnings, before?.warnings ?? []),
    };
  }

  /** Without its Node nobody knows which peers are this speaker's: it has none. */
  #review(before: Settings | null): Settings {
    const config = this.#node === null ? { ...this.#config, peers: [], advertisements: [] } : this.#config;
    return reviewSettings(config, this.#node?.labels ?? {}, this.#speaker, before);
  }

  /** Judges one Service and moves its claims; `prefixes` takes in those that may sound different now. */
  #look(key: ServiceKey, settings: Settings, prefixes: Set<string>): readonly ServiceChange[] {
    const before = this.#standpoints.get(key);
    // Anew, the book of claims has been emptied.
    if (before?.announced != null && !this.#isAnew)
      for (const prefix of this.#claims.remove(before.announced)) prefixes.add(prefix);
    const service = this.#services.get(key);
    if (service === undefined) {
      this.#standpoints.delete(key);
      return before === undefined ? [] : [{ key, told: null }];
    }
    const now = this.#judge(service, settings);
    this.#standpoints.set(key, now);
    if (now.announced !== null) for (const prefix of this.#claims.add(now.announced)) prefixes.add(prefix);
    return before !== undefined && sameTold(before.told, now.told) ? [] : [{ key, told: now.told }];
  }

  #judge(service: ServiceView, settings: Settings): Standpoint {
    const endpoints = this.#slices.endpointsOf(service.key);
    const verdict = judgeService(service, endpoints, {
      ...{ settings, node: this.#node, flags: this.#speaker.flags },
      standing: { get: (key) => this.#standingOf(key) },
    });
    if (verdict.kind === 'refused') return { told: { verdict, meant: [], assigned: false }, announced: null };
    const peers = settings.peers.active;
    const meant = meantFor(peers.values(), verdict.offers);
    return {
      told: { verdict, meant, assigned: peers.size > 0 },
      announced: { service, offers: verdict.offers, endpoints },
    };
  }

  #standingOf(key: ServiceKey): Standing | undefined {
    const verdict = this.#standpoints.get(key)?.told.verdict;
    return verdict?.kind === 'announced' ? verdict.standing : undefined;
  }
}

const changed = (now: readonly Complaint[], before: readonly Complaint[]): readonly Complaint[] | null =>
  isDeepStrictEqual(now, before) ? null : now;
