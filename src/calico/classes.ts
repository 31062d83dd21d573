/**
 * Nodes that BGP cannot tell apart: the same AS, the same sessions with routers, the same filters and tags, members of one
 * mesh. What becomes of a route then depends on how many of a class announce it, not on which; so a few stand for all.
 */
import { formatAddress } from '../net/address.ts';
import { type LinkTrouble, type LiveNode, linkOf, type Neighbourhood } from './links.ts';
import { prefixKey } from './propagation.ts';

export type Classes = {
  /** Of each live node, by its place in the list. */
  readonly of: readonly number[];
  /** By class, the places of its members. */
  readonly members: readonly (readonly number[])[];
  /** Every session of the mesh comes up, but for those with nodes that are off. */
  readonly isMeshWhole: boolean;
};

export function classesOf(around: Neighbourhood): Classes {
  const { live } = around;
  const [found, isMeshWhole] = sharedClasses(around);
  // Where nodes peer with nodes by other ways than the mesh, who is who matters: everybody is a class of its own.
  const of = found ?? live.map((_, index) => index);
  const members: number[][] = [];
  for (const [index, id] of of.entries()) {
    const list = members[id] ?? [];
    members[id] = list;
    list.push(index);
  }
  return { of, members, isMeshWhole };
}

function sharedClasses(around: Neighbourhood): readonly [of: readonly number[] | null, isMeshWhole: boolean] {
  const { live, byAddress, dead } = around;
  const ids = new Map<string, number>();
  const first: LiveNode[] = [];
  let isPlain = true;
  const of = live.map((one) => {
    const key = keyOf(one, around);
    const known = ids.get(key);
    if (known !== undefined) return known;
    for (const { kind, peer } of one.loaded.main.sessions) {
      if (kind !== 'mesh' && (byAddress.has(peer.bits) || dead.has(peer.bits))) isPlain = false;
    }
    ids.set(key, ids.size);
    first.push(one);
    return ids.size - 1;
  });
  const isMeshWhole = meshIsWhole(around, of, first);
  return [isPlain && isMeshWhole ? of : null, isMeshWhole];
}

/** One session for each pair of classes stands for all between them. */
function meshIsWhole(around: Neighbourhood, of: readonly number[], first: readonly LiveNode[]): boolean {
  const { live, byAddress } = around;
  const places = new Map(live.map((one, index) => [one, index]));
  return first.every((one) => {
    const seen = new Set<number>();
    return one.loaded.main.sessions.every((session) => {
      if (session.kind !== 'mesh') return true;
      const other = byAddress.get(session.peer.bits);
      const id = other === undefined ? undefined : of[places.get(other) ?? -1];
      if (id === undefined || seen.has(id)) return true;
      seen.add(id);
      return 'link' in linkOf(one, session, around);
    });
  });
}

function keyOf(live: LiveNode, around: Neighbourhood): string {
  const { main, included } = live.loaded;
  const sessions = main.sessions
    .filter(({ kind }) => kind !== 'mesh')
    .map((one) =>
      [
        formatAddress(one.peer),
        one.port,
        one.localAS,
        one.remoteAS,
        one.nextHop,
        one.ownASAllowed,
        one.by,
        one.filters.join(),
        one.reachableBy,
        troubleOf(live, one, around),
      ].join(' '),
    );
  const mesh = main.sessions.find(({ kind }) => kind === 'mesh');
  return [
    live.node.excluded,
    live.node.clusterId,
    main.listenPort,
    mesh === undefined ? 'no mesh' : `mesh ${mesh.localAS} ${mesh.secret ?? ''} ${mesh.password === null}`,
    ...sessions,
    'tags',
    ...main.taggings.map(({ prefix, values }) => `${prefixKey(prefix)} ${values.join()}`),
    'ranges',
    ...included.aggregated.map(prefixKey),
    ...included.passedOn.map(prefixKey),
  ].join('\n');
}

function troubleOf(
  live: LiveNode,
  session: Parameters<typeof linkOf>[1],
  around: Neighbourhood,
): LinkTrouble | '' {
  const result = linkOf(live, session, around);
  return 'trouble' in result ? result.trouble : '';
}
