/**
 * The configuration of one node: pools, peers and advertisements that are in force there, and what is wrong.
 *
 * What is wrong with an object concerns that object: its last good version stays, where there was one. The one
 * argument that remembers is `before`, what this very function said last on this node; a fresh process has none.
 */
import type { Labels } from '../cluster/selector.ts';
import { readAdvertisement } from '../config/bgpadvertisement.ts';
import { compareAge, identityOf } from '../config/identity.ts';
import { layer2Issues } from '../config/l2advertisement.ts';
import { choosesNode, readNodeChoice } from '../config/nodechoice.ts';
import { type Advertisement, resolveAdvertisement } from './advertisement.ts';
import { type AliasReview, reviewAliases } from './aliases.ts';
import { type Complaint, complaintsOf, isWarning } from './complaint.ts';
import { readExtras } from './extras.ts';
import { activeOf, type Entry, type Incumbents, settle } from './incumbents.ts';
import { ONE_LOCAL_PREF } from './localpref.ts';
import { type PeerReview, reviewPeers } from './peers.ts';
import { type PoolReview, reviewPoolViews } from './pools.ts';
import { readSecrets } from './secrets.ts';

/** The objects by kind, each whole; the order of each list says nothing. */
export type ConfigObjects = {
  readonly pools: readonly unknown[];
  readonly advertisements: readonly unknown[];
  readonly layer2: readonly unknown[];
  readonly peers: readonly unknown[];
  readonly communities: readonly unknown[];
  readonly bfdProfiles: readonly unknown[];
  readonly secrets: readonly unknown[];
  /** Where somebody else on this node has a session: by address, as text, the object that says so. */
  readonly taken?: ReadonlyMap<string, string>;
};

export type Settings = {
  readonly pools: PoolReview;
  readonly aliases: AliasReview;
  readonly peers: PeerReview;
  readonly advertisements: Incumbents<Advertisement>;
  /** By the name of the pool, in the order of names. */
  readonly byPool: ReadonlyMap<string, readonly Advertisement[]>;
  readonly complaints: readonly Complaint[];
  /** What does not make the configuration invalid. */
  readonly warnings: readonly Complaint[];
};

const NOBODY: ReadonlyMap<string, string> = new Map();

/** MetalLB's namespace: objects elsewhere are nobody's. */
export type Home = { readonly namespace: string };

export function reviewSettings(
  objects: ConfigObjects,
  node: Labels,
  { namespace }: Home,
  before: Settings | null,
): Settings {
  const own = (raws: readonly unknown[]): readonly unknown[] =>
    raws.filter((raw) => identityOf(raw).namespace === namespace);
  const pools = reviewPoolViews(own(objects.pools), before?.pools ?? null);
  const aliases = reviewAliases(own(objects.communities), before?.aliases ?? null);
  const around = {
    namespace,
    secrets: readSecrets(objects.secrets, namespace),
    bfdProfiles: new Set(own(objects.bfdProfiles).map((raw) => identityOf(raw).name)),
    taken: objects.taken ?? NOBODY,
  };
  const peers = reviewPeers(own(objects.peers), node, around, before?.peers ?? null);
  const entries = own(objects.advertisements)
    .filter((raw) => choosesNode(readNodeChoice(raw), node))
    .map((raw) => readEntry(raw, aliases, pools));
  const advertisements = settle(entries, before?.advertisements ?? null, ONE_LOCAL_PREF);
  const told = [
    ...pools.complaints,
    ...aliases.complaints,
    ...peers.complaints,
    ...[...advertisements].flatMap(([name, { faults }]) => complaintsOf('BGPAdvertisement', name, faults)),
    ...layer2Complaints(own(objects.layer2)),
  ];
  return {
    ...{ pools, aliases, peers, advertisements, byPool: sortByPool(advertisements) },
    complaints: told.filter((one) => !isWarning(one)),
    warnings: told.filter(isWarning),
  };
}

function layer2Complaints(raws: readonly unknown[]): readonly Complaint[] {
  const named = raws.map((raw) => ({ identity: identityOf(raw), issues: layer2Issues(raw) }));
  named.sort((a, b) => compareAge(a.identity, b.identity));
  return named.flatMap(({ identity, issues }) => complaintsOf('L2Advertisement', identity.name, issues));
}

function readEntry(raw: unknown, aliases: AliasReview, pools: PoolReview): Entry<Advertisement> {
  const identity = identityOf(raw);
  const { advertisement: wish, issues } = readAdvertisement(raw);
  if (wish === null) return { identity, says: null, faults: issues };
  const { extras, warnings } = readExtras(raw, wish);
  const { advertisement, faults } = resolveAdvertisement(
    { wish, extras },
    aliases.values,
    pools.byName.values(),
  );
  return { identity, says: advertisement, faults: [...faults, ...warnings] };
}

function sortByPool(
  advertisements: Incumbents<Advertisement>,
): ReadonlyMap<string, readonly Advertisement[]> {
  const byPool = new Map<string, Advertisement[]>();
  const active = [...activeOf(advertisements)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, advertisement] of active) {
    for (const name of advertisement.coverage.keys()) {
      const list = byPool.get(name);
      if (list === undefined) byPool.set(name, [advertisement]);
      else list.push(advertisement);
    }
  }
  return byPool;
}
