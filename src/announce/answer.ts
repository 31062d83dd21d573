/**
 * All that one node's speaker should do: its peers, what each of them hears, and what became of every Service.
 *
 * A function of the objects and of what it answered last, which it asks for two things only: the last good version
 * of objects that are invalid now, and the pool of an address that no pool has any more.
 */
import type { ServiceKey } from '../cluster/service.ts';
import { endpointsByService, NO_ENDPOINTS } from './endpoints.ts';
import { readNode } from './node.ts';
import type { Peer } from './peers.ts';
import { readService } from './service.ts';
import { type ConfigObjects, type Home, reviewSettings, type Settings } from './settings.ts';
import { type Announced, meantFor, type Routes, routesFor } from './table.ts';
import { judgeService, type SpeakerFlags, type Standing, type Verdict } from './verdict.ts';

export type ClusterObjects = {
  readonly config: ConfigObjects;
  readonly nodes: readonly unknown[];
  readonly services: readonly unknown[];
  readonly slices: readonly unknown[];
};

export type NodeAnswer = {
  readonly settings: Settings;
  readonly verdicts: ReadonlyMap<ServiceKey, Verdict>;
  /** Each peer in the order of names, with what it hears, be it nothing. */
  readonly sessions: readonly { readonly peer: Peer; readonly routes: Routes }[];
  /** ServiceBGPStatus: who is meant to hear of the Service. Empty lists are left out. */
  readonly meant: ReadonlyMap<ServiceKey, readonly string[]>;
  /** The Services that have somebody to be announced to. */
  readonly assigned: readonly ServiceKey[];
  readonly standing: ReadonlyMap<ServiceKey, Standing>;
};

export type Speaker = Home & { readonly node: string; readonly flags: SpeakerFlags };

export function answerFor(speaker: Speaker, cluster: ClusterObjects, before: NodeAnswer | null): NodeAnswer {
  const node = cluster.nodes.map(readNode).find(({ name }) => name === speaker.node) ?? null;
  // Without its Node nobody knows which peers are this speaker's: it has none.
  const config = node === null ? { ...cluster.config, peers: [], advertisements: [] } : cluster.config;
  const settings = reviewSettings(config, node?.labels ?? {}, speaker, before?.settings ?? null);
  const around = { settings, node, flags: speaker.flags, standing: before?.standing ?? new Map() };
  const endpointsOf = endpointsByService(cluster.slices, speaker.node);
  const judged = cluster.services.map((raw) => {
    const service = readService(raw);
    const endpoints = endpointsOf.get(service.key) ?? NO_ENDPOINTS;
    return { service, endpoints, verdict: judgeService(service, endpoints, around) };
  });
  const announced = judged.flatMap(({ verdict, ...one }): (Announced & { standing: Standing })[] =>
    verdict.kind === 'announced' ? [{ ...one, offers: verdict.offers, standing: verdict.standing }] : [],
  );
  const peers = [...settings.peers.active.values()];
  const meant = announced.map(({ service, offers }) => [service.key, meantFor(peers, offers)] as const);
  return {
    settings,
    verdicts: new Map(judged.map(({ service, verdict }) => [service.key, verdict])),
    sessions: peers.map((peer) => ({ peer, routes: routesFor(peer, announced) })),
    meant: new Map(meant.filter(([, names]) => names.length > 0)),
    assigned: peers.length === 0 ? [] : announced.map(({ service }) => service.key),
    standing: new Map(announced.map(({ service, standing }) => [service.key, standing])),
  };
}
