/** The peers of one node: the BGPPeers that select it, each with its password. */

import type { BfdProfile } from '../../config/bfd-profile.ts';
import { quoteText } from '../../config/issue.ts';
import { type BgpPeer, readBgpPeer } from '../../config/peer.ts';
import { formatAddress } from '../../net/address.ts';
import { identityOf } from '../../objects/metadata.ts';
import type { Labels } from '../../objects/selector.ts';
import { AnnotationReader } from './annotation-reader.ts';
import { type ActiveObjects, activeValues, resolveConflicts } from './last-known-good.ts';
import { candidatesOn, type NodeSelected, toNodeSelected } from './node-selected.ts';
import { type AnnounceIssue, type ObjectIssue, objectIssues, warningIssue } from './object-issue.ts';
import { type PeerSecrets, resolvePassword } from './peer-secrets.ts';

export type Peer = BgpPeer &
  PeerExtensions & {
    /** The password from `password` or from the Secret. */
    readonly sessionPassword: string | null;
    /** The profile that `bfdProfile` names; null for a session without BFD. */
    readonly bfd: BfdProfile | null;
  };

/** Settings by annotation, beyond MetalLB's fields. */
export type PeerExtensions = {
  /** Hops to the peer at most, 1 for a directly connected one (RFC 5082); null for no TTL security. */
  readonly ttlSecurity: number | null;
  /** The session may exist beside one of Calico's to the same router. */
  readonly allowBesideCalico: boolean;
  /** The peer may open the session, too. */
  readonly passive: boolean;
};

const TTL_SECURITY_BOUNDS = { min: 1, max: 254 } as const;

export type ResolvedPeers = {
  readonly objects: ActiveObjects<Peer>;
  /** By name, sorted by name. */
  readonly active: ReadonlyMap<string, Peer>;
  readonly issues: readonly ObjectIssue[];
};

/** The objects that peers reference. */
export type PeerContext = {
  readonly secrets: PeerSecrets;
  readonly namespace: string;
  readonly bfdProfiles: ActiveObjects<BfdProfile>;
  /** Sessions of other BGP speakers on this node: the object that configures each, by the peer's address. */
  readonly foreignSessions: ReadonlyMap<string, string>;
};

/** The peers of all nodes. */
export type ClusterPeers = Pick<PeerContext, 'foreignSessions'> & {
  readonly objects: readonly NodeSelected<Peer>[];
};

export const readClusterPeers = (raws: readonly unknown[], context: PeerContext): ClusterPeers => ({
  foreignSessions: context.foreignSessions,
  objects: raws.map((raw) =>
    toNodeSelected(raw, (one) => ({ identity: identityOf(one), ...readResolvedPeer(one, context) })),
  ),
});

export function resolvePeers(peers: ClusterPeers, node: Labels, before: ResolvedPeers | null): ResolvedPeers {
  const objects = resolveConflicts(candidatesOn(peers.objects, node), before?.objects ?? null, {
    isUnchanged: () => true,
    findConflict: (peer) => foreignSessionIssue(peer, peers),
  });
  return {
    objects,
    active: new Map([...activeValues(objects)].sort(([a], [b]) => (a < b ? -1 : 1))),
    issues: [...objects].flatMap(([name, { issues }]) => objectIssues('BGPPeer', name, issues)),
  };
}

/** A router keeps one session for a pair of addresses: two speakers on a node would displace each other's forever. */
function foreignSessionIssue(
  { address, allowBesideCalico }: Peer,
  { foreignSessions }: ClusterPeers,
): AnnounceIssue | null {
  const text = formatAddress(address);
  const owner = foreignSessions.get(text);
  if (owner === undefined || allowBesideCalico) return null;
  const message = `${owner} already makes this node peer with ${text}, and a router keeps only one session with a node: let Calico announce (deploy/calico), or exclude this node from one of the two; if they use different addresses of the node, annotate berth.dev/allow-beside-calico: "true"`;
  return { path: 'spec.peerAddress', message };
}

/** A profile that was never valid: the session is more useful without BFD than not at all. */
const invalidProfileIssue = (profile: string): AnnounceIssue =>
  warningIssue(
    'spec.bfdProfile',
    `the BFDProfile ${quoteText(profile)} is invalid, so the session has no BFD, and only holdTime detects a router that fails: correct the BFDProfile`,
  );

function readResolvedPeer(
  raw: unknown,
  context: PeerContext,
): { readonly value: Peer | null; readonly issues: readonly AnnounceIssue[] } {
  const { peer: spec, issues: parseIssues, warnings } = readBgpPeer(raw);
  const reader = new AnnotationReader(raw);
  const extensions: PeerExtensions = {
    ttlSecurity: reader.integer('ttl-security', TTL_SECURITY_BOUNDS),
    allowBesideCalico: reader.isTrue('allow-beside-calico'),
    passive: reader.isTrue('passive'),
  };
  if (spec === null) return { value: null, issues: [...parseIssues, ...reader.warnings] };
  const { name, bfdProfile, passwordSecret } = spec;
  const profile = bfdProfile === null ? null : context.bfdProfiles.get(bfdProfile);
  if (profile === undefined) {
    const metallbText = `peer ${name} referencing non existing bfd profile ${bfdProfile}`;
    const message = `there is no BFDProfile ${quoteText(bfdProfile ?? '')}: create it, or correct the name`;
    return {
      value: null,
      issues: [{ path: 'spec.bfdProfile', message, metallbText }, ...reader.warnings],
    };
  }
  const issues = [
    ...reader.warnings,
    ...warnings.map(({ path, message }) => warningIssue(path, message)),
    ...(bfdProfile === null || profile?.active != null ? [] : [invalidProfileIssue(bfdProfile)]),
  ];
  const peer = { ...spec, ...extensions, bfd: profile?.active ?? null };
  if (passwordSecret === null) return { value: { ...peer, sessionPassword: peer.password }, issues };
  const sessionPassword = resolvePassword(passwordSecret, name, context);
  return typeof sessionPassword === 'string'
    ? { value: { ...peer, sessionPassword }, issues }
    : { value: null, issues: [sessionPassword, ...issues] };
}
