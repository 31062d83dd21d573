/** The peers of one node: which BGPPeers select it, and with which password each is reached. */

import { readNodeSelectors, selectsNode } from '../../config/node-selectors.ts';
import { type BgpPeer, readBgpPeer } from '../../config/peer.ts';
import { formatAddress } from '../../net/address.ts';
import { identityOf } from '../../objects/metadata.ts';
import type { Labels } from '../../objects/selector.ts';
import { AnnotationReader } from './annotation-reader.ts';
import {
  type ActiveObjects,
  activeValues,
  type ConfigCandidate,
  resolveConflicts,
} from './last-known-good.ts';
import { type AnnounceIssue, type ObjectIssue, objectIssues, warningIssue } from './object-issue.ts';
import { type PeerSecrets, resolvePassword } from './peer-secrets.ts';

/** `secret` is the password, wherever it was written. */
export type Peer = BgpPeer & PeerExtensions & { readonly sessionPassword: string | null };

/** What it may say beyond MetalLB's fields, by annotation. */
export type PeerExtensions = {
  /** How many hops away it may be, the next router being one (RFC 5082); null where that is not looked at. */
  readonly ttlSecurity: number | null;
  /** A session of Calico's to the same router is known of. */
  readonly allowBesideCalico: boolean;
  /** It may open the session as well. */
  readonly passive: boolean;
};

const TTL_SECURITY_BOUNDS = { min: 1, max: 254 } as const;

export type ResolvedPeers = {
  readonly objects: ActiveObjects<Peer>;
  /** By name, in the order of names. */
  readonly active: ReadonlyMap<string, Peer>;
  readonly issues: readonly ObjectIssue[];
};

/** What peers name. */
export type PeerContext = {
  readonly secrets: PeerSecrets;
  readonly namespace: string;
  readonly bfdProfiles: ReadonlySet<string>;
  /** Where somebody else on this node has a session: by address, as text, the object that says so. */
  readonly foreignSessions: ReadonlyMap<string, string>;
};

export function resolvePeers(
  raws: readonly unknown[],
  node: Labels,
  context: PeerContext,
  before: ResolvedPeers | null,
): ResolvedPeers {
  const selected = raws.filter((raw) => selectsNode(readNodeSelectors(raw), node));
  const entries = selected.map(
    (raw): ConfigCandidate<Peer> => ({ identity: identityOf(raw), ...readResolvedPeer(raw, context) }),
  );
  const objects = resolveConflicts(entries, before?.objects ?? null, {
    isUnchanged: () => true,
    findConflict: (peer) => foreignSessionIssue(peer, context),
  });
  return {
    objects,
    active: new Map([...activeValues(objects)].sort(([a], [b]) => (a < b ? -1 : 1))),
    issues: [...objects].flatMap(([name, { issues }]) => objectIssues('BGPPeer', name, issues)),
  };
}

/** A router keeps one session for a pair of addresses: of two that dial it the one displaces the other, for ever. */
function foreignSessionIssue(
  { address, allowBesideCalico }: Peer,
  { foreignSessions }: PeerContext,
): AnnounceIssue | null {
  const text = formatAddress(address);
  const owner = foreignSessions.get(text);
  if (owner === undefined || allowBesideCalico) return null;
  const message = `${text} is a peer of this node by ${owner} already, and the router keeps one session of the two: let Calico announce (deploy/calico), or take this node out of one of them; where they use different addresses of the node, annotate berth.dev/allow-beside-calico: "true"`;
  return { path: 'spec.peerAddress', message };
}

const BFD_UNSUPPORTED = warningIssue(
  'spec.bfdProfile',
  'has no effect: the session runs without BFD, and a router that is gone is noticed by holdTime alone; shorten that, or take bfdProfile away',
);

function readResolvedPeer(
  raw: unknown,
  context: PeerContext,
): { readonly value: Peer | null; readonly issues: readonly AnnounceIssue[] } {
  const { peer: spec, issues: parseIssues } = readBgpPeer(raw);
  const reader = new AnnotationReader(raw);
  const extensions: PeerExtensions = {
    ttlSecurity: reader.integer('ttl-security', TTL_SECURITY_BOUNDS),
    allowBesideCalico: reader.isTrue('allow-beside-calico'),
    passive: reader.isTrue('passive'),
  };
  if (spec === null) return { value: null, issues: [...parseIssues, ...reader.warnings] };
  const peer = { ...spec, ...extensions };
  const { name, bfdProfile, passwordSecret } = peer;
  if (bfdProfile !== null && !context.bfdProfiles.has(bfdProfile)) {
    const metallbText = `peer ${name} referencing non existing bfd profile ${bfdProfile}`;
    return {
      value: null,
      issues: [{ path: 'spec.bfdProfile', message: metallbText, metallbText }, ...reader.warnings],
    };
  }
  const issues = [...reader.warnings, ...(bfdProfile === null ? [] : [BFD_UNSUPPORTED])];
  if (passwordSecret === null) return { value: { ...peer, sessionPassword: peer.password }, issues };
  const sessionPassword = resolvePassword(passwordSecret, name, context);
  return typeof sessionPassword === 'string'
    ? { value: { ...peer, sessionPassword }, issues }
    : { value: null, issues: [sessionPassword, ...issues] };
}
