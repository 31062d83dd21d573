/** The peers of one node: which BGPPeers select it, and with which password each is reached. */
import type { Labels } from '../cluster/selector.ts';
import { type BgpPeer, readPeer } from '../config/bgppeer.ts';
import { identityOf } from '../config/identity.ts';
import { choosesNode, readNodeChoice } from '../config/nodechoice.ts';
import { formatAddress } from '../net/address.ts';
import { AnnotationReader } from './annotations.ts';
import { type Complaint, complaintsOf, type Fault, warning } from './complaint.ts';
import { activeOf, type Entry, type Incumbents, settle } from './incumbents.ts';
import { passwordFrom, type Secrets } from './secrets.ts';

/** `secret` is the password, wherever it was written. */
export type Peer = BgpPeer & PeerExtras & { readonly secret: string | null };

/** What it may say beyond MetalLB's fields, by annotation. */
export type PeerExtras = {
  /** How many hops away it may be, the next router being one (RFC 5082); null where that is not looked at. */
  readonly ttlSecurity: number | null;
  /** A session of Calico's to the same router is known of. */
  readonly allowBesideCalico: boolean;
  /** It may open the session as well. */
  readonly passive: boolean;
};

const TTL_SECURITY = { min: 1, max: 254 } as const;

export type PeerReview = {
  readonly objects: Incumbents<Peer>;
  /** By name, in the order of names. */
  readonly active: ReadonlyMap<string, Peer>;
  readonly complaints: readonly Complaint[];
};

/** What peers name. */
export type PeerSurroundings = {
  readonly secrets: Secrets;
  readonly namespace: string;
  readonly bfdProfiles: ReadonlySet<string>;
  /** Where somebody else on this node has a session: by address, as text, the object that says so. */
  readonly taken: ReadonlyMap<string, string>;
};

export function reviewPeers(
  raws: readonly unknown[],
  node: Labels,
  around: PeerSurroundings,
  before: PeerReview | null,
): PeerReview {
  const ours = raws.filter((raw) => choosesNode(readNodeChoice(raw), node));
  const entries = ours.map(
    (raw): Entry<Peer> => ({ identity: identityOf(raw), ...resolvePeer(raw, around) }),
  );
  const objects = settle(entries, before?.objects ?? null, {
    same: () => true,
    clash: (peer) => displaced(peer, around),
  });
  return {
    objects,
    active: new Map([...activeOf(objects)].sort(([a], [b]) => (a < b ? -1 : 1))),
    complaints: [...objects].flatMap(([name, { faults }]) => complaintsOf('BGPPeer', name, faults)),
  };
}

/** A router keeps one session for a pair of addresses: of two that dial it the one displaces the other, for ever. */
function displaced({ address, allowBesideCalico }: Peer, { taken }: PeerSurroundings): Fault | null {
  const text = formatAddress(address);
  const by = taken.get(text);
  if (by === undefined || allowBesideCalico) return null;
  const message = `${text} is a peer of this node by ${by} already, and the router keeps one session of the two: let Calico announce (deploy/calico), or take this node out of one of them; where they use different addresses of the node, annotate berth.dev/allow-beside-calico: "true"`;
  return { path: 'spec.peerAddress', message };
}

const WITHOUT_BFD = warning(
  'spec.bfdProfile',
  'has no effect: the session runs without BFD, and a router that is gone is noticed by holdTime alone; shorten that, or take bfdProfile away',
);

function resolvePeer(
  raw: unknown,
  around: PeerSurroundings,
): { readonly says: Peer | null; readonly faults: readonly Fault[] } {
  const { peer: wish, issues } = readPeer(raw);
  const reader = new AnnotationReader(raw);
  const extras: PeerExtras = {
    ttlSecurity: reader.integer('ttl-security', TTL_SECURITY),
    allowBesideCalico: reader.isTrue('allow-beside-calico'),
    passive: reader.isTrue('passive'),
  };
  if (wish === null) return { says: null, faults: [...issues, ...reader.warnings] };
  const peer = { ...wish, ...extras };
  const { name, bfdProfile, passwordSecret } = peer;
  if (bfdProfile !== null && !around.bfdProfiles.has(bfdProfile)) {
    const text = `peer ${name} referencing non existing bfd profile ${bfdProfile}`;
    return {
      says: null,
      faults: [{ path: 'spec.bfdProfile', message: text, text }, ...reader.warnings],
    };
  }
  const faults = [...reader.warnings, ...(bfdProfile === null ? [] : [WITHOUT_BFD])];
  if (passwordSecret === null) return { says: { ...peer, secret: peer.password }, faults };
  const secret = passwordFrom(passwordSecret, name, around);
  return typeof secret === 'string'
    ? { says: { ...peer, secret }, faults }
    : { says: null, faults: [secret, ...faults] };
}
