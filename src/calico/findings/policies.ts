/** Communities and filters: P23, P24, P25, P37. */

import { closest } from '../../base/text.ts';
import { fieldsOf, listOf, nameOf, type Raw, specOf, textOf, textsOf } from '../../cluster/fields.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix, type Prefix, samePrefix } from '../../net/prefix.ts';
import { fits } from '../communities.ts';
import { applyRules } from '../filterrules.ts';
import { covers, hostPrefix, isSingle } from '../objects/prefixes.ts';
import { ownPath } from '../path.ts';
import { isToNode } from '../picture.ts';
import { localAS } from '../sessions.ts';
import { type Check, someOf } from './check.ts';
import type { Found } from './finding.ts';
import { routed } from './nodes.ts';
import { peerRef } from './peers.ts';
import { DEFAULT_CONFIGURATION, patchOf, rawNamed, refOf, refTo, type World } from './world.ts';

const VALUE = /^\d+(:\d+){1,2}$/;

/** Objects that speak of communities, with their lists. */
const speakers = (world: World): readonly Raw[] =>
  world.of('BGPConfiguration').filter((raw) => nameOf(raw) === 'default' || nameOf(raw).startsWith('node.'));

const definitions = (spec: Raw): ReadonlyMap<string, string> =>
  new Map(
    listOf(spec['communities']).map((one) => [textOf(fieldsOf(one)['name']), textOf(fieldsOf(one)['value'])]),
  );

const advertisements = (spec: Raw): readonly Raw[] => listOf(spec['prefixAdvertisements']).map(fieldsOf);

const P23: Check = {
  code: 'P23',
  needs: ['BGPConfiguration'],
  open: 'whether routes carry the communities that are meant for them',
  find: (world) => [...speakers(world).flatMap(undefinedNames), ...narrow(world)],
};

function undefinedNames(raw: Raw): readonly Found[] {
  const spec = specOf(raw);
  const known = definitions(spec);
  const all = [...new Set(advertisements(spec).flatMap((one) => textsOf(one['communities'])))];
  const lost = all.filter((name) => !known.has(name) && !VALUE.test(name));
  if (lost.length === 0) return [];
  const meant = (name: string): readonly string[] => {
    const near = closest(name, known.keys());
    return near === null ? [] : [near];
  };
  const [first = ''] = lost;
  const near = meant(first)[0];
  return [
    {
      severity: 'warning',
      object: refOf(raw),
      field: 'spec.prefixAdvertisements',
      says: `Nobody defines the ${lost.length > 1 ? 'communities' : 'community'} ${someOf(lost)} in BGPConfiguration ${nameOf(raw)}: Calico drops ${lost.length > 1 ? 'them' : 'it'} without a word, and routes go out untagged.`,
      todo:
        near === undefined
          ? 'Define it under spec.communities, or write its value.'
          : `Did you mean ${near}?`,
      fix: [
        patchOf(refOf(raw), {
          spec: {
            prefixAdvertisements: advertisements(spec).map((one) => ({
              ...one,
              communities: [
                ...new Set(
                  textsOf(one['communities']).flatMap((name) => (lost.includes(name) ? meant(name) : [name])),
                ),
              ],
            })),
          },
        }),
      ],
    },
  ];
}

/** A range that is announced as a whole, of which only a part is tagged: the range itself goes out untagged. */
function narrow(world: World): readonly Found[] {
  const { configuration } = world.picture.cluster;
  const tagged = (configuration.prefixAdvertisements ?? []).flatMap(({ range }) => range.prefix ?? []);
  const spec = specOf(rawNamed(world, 'BGPConfiguration', 'default'));
  return world.picture.ranges.aggregated.flatMap(({ prefix, text }): readonly Found[] => {
    if (prefix === null || tagged.some((one) => covers(one, prefix))) return [];
    const inner = tagged.filter((one) => covers(prefix, one));
    if (inner.length === 0) return [];
    return [
      {
        severity: 'warning',
        object: DEFAULT_CONFIGURATION,
        field: 'spec.prefixAdvertisements',
        says: `Routes for ${text} carry no community: prefixAdvertisements ${someOf(inner.map(formatPrefix))} ${inner.length > 1 ? 'are' : 'is'} narrower than the range that is announced.`,
        todo: `Write cidr: ${formatPrefix(prefix)} in prefixAdvertisements.`,
        fix: [
          patchOf(DEFAULT_CONFIGURATION, {
            spec: {
              prefixAdvertisements: advertisements(spec).map((one) =>
                inner.some((narrower) => isText(narrower, textOf(one['cidr'])))
                  ? { ...one, cidr: formatPrefix(prefix) }
                  : one,
              ),
            },
          }),
        ],
      },
    ];
  });
}

const isText = (prefix: Prefix, text: string): boolean => formatPrefix(prefix) === text;

const P37: Check = {
  code: 'P37',
  needs: ['BGPConfiguration'],
  open: 'whether every community fits',
  find: (world) =>
    speakers(world).flatMap((raw): readonly Found[] => {
      const spec = specOf(raw);
      const known = definitions(spec);
      const used = [...new Set(advertisements(spec).flatMap((one) => textsOf(one['communities'])))];
      const bad = used.filter((name) => {
        const value = known.get(name) ?? name;
        return VALUE.test(value) && !fits(value);
      });
      if (bad.length === 0) return [];
      const [first] = world.picture.cluster.nodes;
      const as = first === undefined ? 0 : localAS(world.picture.cluster, first);
      const mended = (value: string): string => {
        const parts = value.split(':');
        return parts.length === 2 && fits(`${value}:0`) ? `${as}:${value}` : `${as}:0:0`;
      };
      const swap = (value: string): string => (VALUE.test(value) && !fits(value) ? mended(value) : value);
      const values = bad.map((name) => known.get(name) ?? name);
      return [
        {
          severity: 'error',
          object: refOf(raw),
          field: 'spec.communities',
          says: `${someOf(values)} ${values.length > 1 ? 'do' : 'does'} not fit: a part of a standard community (two parts) is at most 65535, of a large one (three) at most 4294967295. BIRD refuses its configuration on every node.`,
          todo: `Write a community that fits, such as the large one ${mended(values[0] ?? '0:0')}.`,
          fix: [
            patchOf(refOf(raw), {
              spec: {
                ...(spec['communities'] === undefined
                  ? {}
                  : {
                      communities: listOf(spec['communities']).map((one) => ({
                        ...fieldsOf(one),
                        value: swap(textOf(fieldsOf(one)['value'])),
                      })),
                    }),
                prefixAdvertisements: advertisements(spec).map((one) => ({
                  ...one,
                  communities: textsOf(one['communities']).map(swap),
                })),
              },
            }),
          ],
          hurts: ({ listed }) => listed,
        },
      ];
    }),
};

const P24: Check = {
  code: 'P24',
  needs: ['BGPPeer', 'BGPFilter'],
  open: 'whether the filters that BGPPeers name exist',
  find(world) {
    const { cluster } = world.picture;
    return cluster.peers.flatMap(({ name, filters }): readonly Found[] => {
      const lost = filters.filter((one) => !cluster.filters.has(one));
      if (lost.length === 0) return [];
      const others = [...cluster.filters.keys()].filter((one) => !filters.includes(one));
      const meant = new Map(lost.map((one) => [one, closest(one, others)]));
      const near = meant.get(lost[0] ?? '') ?? null;
      return [
        {
          severity: 'warning',
          object: peerRef(name),
          field: 'spec.filters',
          says: `BGPPeer ${name} refers to BGPFilter ${someOf(lost)}, which ${lost.length > 1 ? 'do' : 'does'} not exist: Calico applies no filter in its place.`,
          todo: near === null ? 'Create the BGPFilter, or take its name out.' : `Did you mean ${near}?`,
          fix: [
            patchOf(peerRef(name), {
              spec: { filters: filters.flatMap((one) => (meant.has(one) ? (meant.get(one) ?? []) : [one])) },
            }),
          ],
        },
      ];
    });
  },
};

type Rejection = {
  readonly filter: string;
  readonly index: number;
  readonly prefix: Prefix;
  readonly router: string;
  readonly peer: string;
};

/** Prefixes of Services that a filter keeps from a router which should learn them. */
function rejections(world: World): readonly Rejection[] {
  const { picture } = world;
  const isNode = isToNode(picture.cluster);
  const seen = new Set<string>();
  const found: Rejection[] = [];
  for (const { live, session } of picture.sessions) {
    if (session.filters.length === 0 || isNode(session)) continue;
    const { included } = live.loaded;
    const ebgp = session.localAS !== session.remoteAS;
    for (const prefix of [...included.aggregated, ...included.hosts.shared, ...included.hosts.own]) {
      if (!isServed(world, prefix)) continue;
      const id = `${session.by} ${formatPrefix(prefix)}`;
      if (seen.has(id)) continue;
      seen.add(id);
      for (const filter of session.filters) {
        const rules =
          picture.cluster.filters.get(filter)?.rules[session.family === 4 ? 'export4' : 'export6'] ?? [];
        const index = rules.findIndex(
          (rule) => applyRules([rule], ownPath(prefix, 'static'), { ebgp }).verdict !== 'pass',
        );
        if (index < 0) continue;
        if (rules[index]?.accepts === false) {
          found.push({ filter, index, prefix, router: formatAddress(session.peer), peer: session.by });
        }
        break;
      }
    }
  }
  return found;
}

/** Part of what load balancers get: other ranges may well be kept from a router on purpose. */
const isServed = (world: World, prefix: Prefix): boolean =>
  world.picture.cluster.configuration.loadBalancerIPs.some(
    ({ prefix: one }) => one !== null && covers(one, prefix),
  ) &&
  (!isSingle(prefix) || world.held.some(({ address }) => samePrefix(hostPrefix(address), prefix)));

const P25: Check = {
  code: 'P25',
  needs: ['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'Node'],
  open: 'whether a filter keeps addresses from a router',
  find(world) {
    if (routed(world).size === 0) return [];
    const byRule = new Map<string, Rejection[]>();
    for (const one of rejections(world)) {
      const key = `${one.filter} ${one.index} ${one.prefix.family}`;
      byRule.set(key, [...(byRule.get(key) ?? []), one]);
    }
    return [...byRule.values()].flatMap((all): readonly Found[] => {
      const [first] = all;
      if (first === undefined) return [];
      const { filter, index } = first;
      const list = first.prefix.family === 4 ? 'exportV4' : 'exportV6';
      const object = refTo('BGPFilter', filter);
      const spec = specOf(rawNamed(world, 'BGPFilter', filter));
      const routers = new Set(all.map(({ router }) => router));
      return [
        {
          severity: 'error',
          object,
          field: `spec.${list}[${index}]`,
          says: `Rule ${index + 1} of ${list} in BGPFilter ${filter} rejects ${someOf([...new Set(all.map(({ prefix }) => formatPrefix(prefix)))])} towards ${someOf([...routers])} (BGPPeer ${someOf([...new Set(all.map(({ peer }) => peer))])}), so the router does not learn ${all.length > 1 ? 'them' : 'it'} from these nodes.`,
          todo: 'Take the rule out, narrow it, or accept the range before it; a rule against routes of other nodes alone needs source: RemotePeers.',
          fix: [patchOf(object, { spec: { [list]: listOf(spec[list]).filter((_, at) => at !== index) } })],
          hurts: (short) =>
            short.listed &&
            short.family === first.prefix.family &&
            (short.nowhere || short.routers.some((one) => routers.has(one))),
        },
      ];
    });
  },
};

export const POLICIES: readonly Check[] = [P23, P24, P25, P37];
