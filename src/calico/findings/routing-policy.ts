/** Communities and filters: P23, P24, P25, P37. */

import { fieldsOf, listOf, nameOf, type Raw, specOf, textOf, textsOf } from '../../base/json.ts';
import { closestMatch } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix, type Prefix, samePrefix } from '../../net/prefix.ts';
import { applyRules } from '../bird/bgp-filter.ts';
import { originatePath } from '../bird/rib-path.ts';
import { isSessionToNode } from '../cluster/converged-cluster.ts';
import { isValidCommunity } from '../confd/communities.ts';
import { localAS } from '../confd/sessions.ts';
import { coversPrefix, hostPrefix, isSingle } from '../objects/prefixes.ts';
import { abbreviateList, type DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { nodesWithRouterPeers } from './nodes.ts';
import { peerRef } from './peers.ts';
import {
  type ClusterSnapshot,
  DEFAULT_CONFIGURATION,
  findObject,
  makeRef,
  objectRefOf,
  patchOf,
} from './snapshot.ts';

const VALUE = /^\d+(:\d+){1,2}$/;

/** Objects that speak of communities, with their lists. */
const communityConfigurations = (snapshot: ClusterSnapshot): readonly Raw[] =>
  snapshot
    .objectsOf('BGPConfiguration')
    .filter((raw) => nameOf(raw) === 'default' || nameOf(raw).startsWith('node.'));

const definitions = (spec: Raw): ReadonlyMap<string, string> =>
  new Map(
    listOf(spec['communities']).map((one) => [textOf(fieldsOf(one)['name']), textOf(fieldsOf(one)['value'])]),
  );

const advertisements = (spec: Raw): readonly Raw[] => listOf(spec['prefixAdvertisements']).map(fieldsOf);

const P23: DiagnosticCheck = {
  code: 'P23',
  needs: ['BGPConfiguration'],
  question: 'whether routes carry the communities that are meant for them',
  find: (snapshot) => [
    ...communityConfigurations(snapshot).flatMap(checkUndefinedCommunities),
    ...checkNarrowAdvertisements(snapshot),
  ],
};

function checkUndefinedCommunities(raw: Raw): readonly CheckResult[] {
  const spec = specOf(raw);
  const known = definitions(spec);
  const all = [...new Set(advertisements(spec).flatMap((one) => textsOf(one['communities'])))];
  const undefinedNamesOrFilters = all.filter((name) => !known.has(name) && !VALUE.test(name));
  if (undefinedNamesOrFilters.length === 0) return [];
  const suggest = (name: string): readonly string[] => {
    const suggestion = closestMatch(name, known.keys());
    return suggestion === null ? [] : [suggestion];
  };
  const [first = ''] = undefinedNamesOrFilters;
  const suggestion = suggest(first)[0];
  return [
    {
      severity: 'warning',
      object: objectRefOf(raw),
      field: 'spec.prefixAdvertisements',
      problem: `Nobody defines the ${undefinedNamesOrFilters.length > 1 ? 'communities' : 'community'} ${abbreviateList(undefinedNamesOrFilters)} in BGPConfiguration ${nameOf(raw)}: Calico drops ${undefinedNamesOrFilters.length > 1 ? 'them' : 'it'} without a word, and routes go out untagged.`,
      remedy:
        suggestion === undefined
          ? 'Define it under spec.communities, or write its value.'
          : `Did you mean ${suggestion}?`,
      edits: [
        patchOf(objectRefOf(raw), {
          spec: {
            prefixAdvertisements: advertisements(spec).map((one) => ({
              ...one,
              communities: [
                ...new Set(
                  textsOf(one['communities']).flatMap((name) =>
                    undefinedNamesOrFilters.includes(name) ? suggest(name) : [name],
                  ),
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
function checkNarrowAdvertisements(snapshot: ClusterSnapshot): readonly CheckResult[] {
  const { configuration } = snapshot.converged.cluster;
  const tagged = (configuration.prefixAdvertisements ?? []).flatMap(({ range }) => range.prefix ?? []);
  const spec = specOf(findObject(snapshot, 'BGPConfiguration', 'default'));
  return snapshot.converged.ranges.aggregated.flatMap(({ prefix, text }): readonly CheckResult[] => {
    if (prefix === null || tagged.some((one) => coversPrefix(one, prefix))) return [];
    const inner = tagged.filter((one) => coversPrefix(prefix, one));
    if (inner.length === 0) return [];
    return [
      {
        severity: 'warning',
        object: DEFAULT_CONFIGURATION,
        field: 'spec.prefixAdvertisements',
        problem: `Routes for ${text} carry no community: prefixAdvertisements ${abbreviateList(inner.map(formatPrefix))} ${inner.length > 1 ? 'are' : 'is'} narrower than the range that is announced.`,
        remedy: `Write cidr: ${formatPrefix(prefix)} in prefixAdvertisements.`,
        edits: [
          patchOf(DEFAULT_CONFIGURATION, {
            spec: {
              prefixAdvertisements: advertisements(spec).map((one) =>
                inner.some((narrower) => isWrittenAs(narrower, textOf(one['cidr'])))
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

const isWrittenAs = (prefix: Prefix, text: string): boolean => formatPrefix(prefix) === text;

const P37: DiagnosticCheck = {
  code: 'P37',
  needs: ['BGPConfiguration'],
  question: 'whether every community fits',
  find: (snapshot) =>
    communityConfigurations(snapshot).flatMap((raw): readonly CheckResult[] => {
      const spec = specOf(raw);
      const known = definitions(spec);
      const used = [...new Set(advertisements(spec).flatMap((one) => textsOf(one['communities'])))];
      const bad = used.filter((name) => {
        const value = known.get(name) ?? name;
        return VALUE.test(value) && !isValidCommunity(value);
      });
      if (bad.length === 0) return [];
      const [first] = snapshot.converged.cluster.nodes;
      const as = first === undefined ? 0 : localAS(snapshot.converged.cluster, first);
      const corrected = (value: string): string => {
        const parts = value.split(':');
        return parts.length === 2 && isValidCommunity(`${value}:0`) ? `${as}:${value}` : `${as}:0:0`;
      };
      const correct = (value: string): string =>
        VALUE.test(value) && !isValidCommunity(value) ? corrected(value) : value;
      const values = bad.map((name) => known.get(name) ?? name);
      return [
        {
          severity: 'error',
          object: objectRefOf(raw),
          field: 'spec.communities',
          problem: `${abbreviateList(values)} ${values.length > 1 ? 'do' : 'does'} not fit: a part of a standard community (two parts) is at most 65535, of a large one (three) at most 4294967295. BIRD refuses its configuration on every node.`,
          remedy: `Write a community that fits, such as the large one ${corrected(values[0] ?? '0:0')}.`,
          edits: [
            patchOf(objectRefOf(raw), {
              spec: {
                ...(spec['communities'] === undefined
                  ? {}
                  : {
                      communities: listOf(spec['communities']).map((one) => ({
                        ...fieldsOf(one),
                        value: correct(textOf(fieldsOf(one)['value'])),
                      })),
                    }),
                prefixAdvertisements: advertisements(spec).map((one) => ({
                  ...one,
                  communities: textsOf(one['communities']).map(correct),
                })),
              },
            }),
          ],
          explains: ({ isListed }) => isListed,
        },
      ];
    }),
};

const P24: DiagnosticCheck = {
  code: 'P24',
  needs: ['BGPPeer', 'BGPFilter'],
  question: 'whether the filters that BGPPeers name exist',
  find(snapshot) {
    const { cluster } = snapshot.converged;
    return cluster.peers.flatMap(({ name, filters }): readonly CheckResult[] => {
      const undefinedNamesOrFilters = filters.filter((one) => !cluster.filters.has(one));
      if (undefinedNamesOrFilters.length === 0) return [];
      const others = [...cluster.filters.keys()].filter((one) => !filters.includes(one));
      const suggestions = new Map(undefinedNamesOrFilters.map((one) => [one, closestMatch(one, others)]));
      const suggestion = suggestions.get(undefinedNamesOrFilters[0] ?? '') ?? null;
      return [
        {
          severity: 'warning',
          object: peerRef(name),
          field: 'spec.filters',
          problem: `BGPPeer ${name} refers to BGPFilter ${abbreviateList(undefinedNamesOrFilters)}, which ${undefinedNamesOrFilters.length > 1 ? 'do' : 'does'} not exist: Calico applies no filter in its place.`,
          remedy:
            suggestion === null
              ? 'Create the BGPFilter, or take its name out.'
              : `Did you mean ${suggestion}?`,
          edits: [
            patchOf(peerRef(name), {
              spec: {
                filters: filters.flatMap((one) =>
                  suggestions.has(one) ? (suggestions.get(one) ?? []) : [one],
                ),
              },
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
function filterRejections(snapshot: ClusterSnapshot): readonly Rejection[] {
  const { converged } = snapshot;
  const isNodeSession = isSessionToNode(converged.cluster);
  const seen = new Set<string>();
  const found: Rejection[] = [];
  for (const { live, session } of converged.sessions) {
    if (session.filters.length === 0 || isNodeSession(session)) continue;
    const { included } = live.loaded;
    const ebgp = session.localAS !== session.remoteAS;
    for (const prefix of [
      ...included.aggregated,
      ...included.hostPrefixes.shared,
      ...included.hostPrefixes.own,
    ]) {
      if (!isServiceRoute(snapshot, prefix)) continue;
      const id = `${session.bgpPeer} ${formatPrefix(prefix)}`;
      if (seen.has(id)) continue;
      seen.add(id);
      for (const filter of session.filters) {
        const rules =
          converged.cluster.filters.get(filter)?.rules[session.family === 4 ? 'export4' : 'export6'] ?? [];
        const index = rules.findIndex(
          (rule) => applyRules([rule], originatePath(prefix, 'static'), { ebgp }).action !== 'pass',
        );
        if (index < 0) continue;
        if (rules[index]?.accepts === false) {
          found.push({ filter, index, prefix, router: formatAddress(session.peer), peer: session.bgpPeer });
        }
        break;
      }
    }
  }
  return found;
}

/** Part of what load balancers get: other ranges may well be kept from a router on purpose. */
const isServiceRoute = (snapshot: ClusterSnapshot, prefix: Prefix): boolean =>
  snapshot.converged.cluster.configuration.loadBalancerIPs.some(
    ({ prefix: one }) => one !== null && coversPrefix(one, prefix),
  ) &&
  (!isSingle(prefix) || snapshot.assigned.some(({ address }) => samePrefix(hostPrefix(address), prefix)));

const P25: DiagnosticCheck = {
  code: 'P25',
  needs: ['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'Node'],
  question: 'whether a filter keeps addresses from a router',
  find(snapshot) {
    if (nodesWithRouterPeers(snapshot).size === 0) return [];
    const byRule = new Map<string, Rejection[]>();
    for (const one of filterRejections(snapshot)) {
      const key = `${one.filter} ${one.index} ${one.prefix.family}`;
      byRule.set(key, [...(byRule.get(key) ?? []), one]);
    }
    return [...byRule.values()].flatMap((all): readonly CheckResult[] => {
      const [first] = all;
      if (first === undefined) return [];
      const { filter, index } = first;
      const list = first.prefix.family === 4 ? 'exportV4' : 'exportV6';
      const object = makeRef('BGPFilter', filter);
      const spec = specOf(findObject(snapshot, 'BGPFilter', filter));
      const routers = new Set(all.map(({ router }) => router));
      return [
        {
          severity: 'error',
          object,
          field: `spec.${list}[${index}]`,
          problem: `Rule ${index + 1} of ${list} in BGPFilter ${filter} rejects ${abbreviateList([...new Set(all.map(({ prefix }) => formatPrefix(prefix)))])} towards ${abbreviateList([...routers])} (BGPPeer ${abbreviateList([...new Set(all.map(({ peer }) => peer))])}), so the router does not learn ${all.length > 1 ? 'them' : 'it'} from these nodes.`,
          remedy:
            'Take the rule out, narrow it, or accept the range before it; a rule against routes of other nodes alone needs source: RemotePeers.',
          edits: [
            patchOf(object, {
              spec: { [list]: listOf(spec[list]).filter((_, position) => position !== index) },
            }),
          ],
          explains: (unlearned) =>
            unlearned.isListed &&
            unlearned.family === first.prefix.family &&
            (unlearned.isLearnedNowhere || unlearned.missingRouters.some((one) => routers.has(one))),
        },
      ];
    });
  },
};

export const ROUTING_POLICY_CHECKS: readonly DiagnosticCheck[] = [P23, P24, P25, P37];
