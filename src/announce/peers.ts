/** The peers of one node: which BGPPeers select it, and with which password each is reached. */
import type { Labels } from '../cluster/selector.ts';
import { type BgpPeer, readPeer } from '../config/bgppeer.ts';
import { identityOf } from '../config/identity.ts';
import { choosesNode, readNodeChoice } from '../config/nodechoice.ts';
import { type Complaint, complaintsOf, type Fault } from './complaint.ts';
import { activeOf, type Entry, type Incumbents, NO_CLASHES, settle } from './incumbents.ts';
import { passwordFrom, type Secrets } from './secrets.ts';

/** `secret` is the password, wherever it was written. */
export type Peer = BgpPeer & { readonly secret: string | null };

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
  const objects = settle(entries, before?.objects ?? null, NO_CLASHES);
  return {
    objects,
    active: new Map([...activeOf(objects)].sort(([a], [b]) => (a < b ? -1 : 1))),
    complaints: [...objects].flatMap(([name, { faults }]) => complaintsOf('BGPPeer', name, faults)),
  };
}

function resolvePeer(
  raw: unknown,
  around: PeerSurroundings,
): { readonly says: Peer | null; readonly faults: readonly Fault[] } {
  const { peer, issues } = readPeer(raw);
  if (peer === null) return { says: null, faults: issues };
  const { name, bfdProfile, passwordSecret } = peer;
  if (bfdProfile !== null && !around.bfdProfiles.has(bfdProfile)) {
    const text = `peer ${name} referencing non existing bfd profile ${bfdProfile}`;
    return { says: null, faults: [{ path: 'spec.bfdProfile', message: text, text }] };
  }
  if (passwordSecret === null) return { says: { ...peer, secret: peer.password }, faults: [] };
  const secret = passwordFrom(passwordSecret, name, around);
  return typeof secret === 'string'
    ? { says: { ...peer, secret }, faults: [] }
    : { says: null, faults: [secret] };
}
