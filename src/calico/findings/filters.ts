/** Checks of BGPFilters that do not exist or reject routes of Services: P24, P25. */

import { listOf } from '../../base/json.ts';
import { closestMatch, inflect, listSome } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix, type Prefix } from '../../net/prefix.ts';
import { specOf } from '../../objects/metadata.ts';
import { applyRules } from '../bird/bgp-filter.ts';
import { originatePath } from '../bird/rib-path.ts';
import { isSessionToNode } from '../cluster/converged-cluster.ts';
import { prefixesOf } from '../confd/service-ranges.ts';
import { coversPrefix, hostPrefix, isSingle } from '../objects/prefixes.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { nodesWithRouterPeers } from './nodes.ts';
import { peerRef } from './peers.ts';
import { type ClusterSnapshot, findObject, makeRef, patchOf } from './snapshot.ts';

const P24: DiagnosticCheck = {
  code: 'P24',
  needs: ['BGPPeer', 'BGPFilter'],
  needsAll: ['BGPFilter'],
  question: 'whether the filters that BGPPeers name exist',
  find(snapshot) {
    if (!snapshot.isKindComplete('BGPFilter')) return [];
    const { cluster } = snapshot.converged;
    return cluster.peers.flatMap(({ name, filters }): readonly CheckResult[] => {
      const missingFilters = filters.filter((one) => !cluster.filters.has(one));
      if (missingFilters.length === 0) return [];
      const others = [...cluster.filters.keys()].filter((one) => !filters.includes(one));
      const suggestions = new Map(missingFilters.map((one) => [one, closestMatch(one, others)]));
      const suggestion = suggestions.get(missingFilters[0] ?? '') ?? null;
      return [
        {
          severity: 'warning',
          object: peerRef(name),
          field: 'spec.filters',
          problem: `Calico does not filter routes of BGPPeer ${name} as configured: BGPFilter ${listSome(missingFilters)} ${inflect(missingFilters.length, 'does', 'do')} not exist.`,
          remedy:
            suggestion === null ? 'Create the BGPFilter, or remove its name.' : `Did you mean ${suggestion}?`,
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

/** Prefixes of Services that a BGPFilter rejects towards a router. */
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
          (rule) => applyRules([rule], originatePath(prefix, 'static'), { ebgp }).action !== 'none',
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

/** Whether the prefix is in use by load balancers. Other routes may well be filtered on purpose. */
const isServiceRoute = ({ converged, assigned }: ClusterSnapshot, prefix: Prefix): boolean => {
  if (assigned.some(({ address }) => coversPrefix(prefix, hostPrefix(address)))) return true;
  const listed = prefixesOf(converged.cluster.configuration.loadBalancerIPs);
  return !isSingle(prefix) && listed.some((one) => coversPrefix(one, prefix));
};

const P25: DiagnosticCheck = {
  code: 'P25',
  needs: ['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'Node'],
  question: 'whether a filter rejects routes towards a router',
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
          problem: `${inflect(routers.size, 'Router', 'Routers')} ${listSome([...routers])} ${inflect(routers.size, 'does', 'do')} not learn ${listSome([...new Set(all.map(({ prefix }) => formatPrefix(prefix)))])} from nodes of BGPPeer ${listSome([...new Set(all.map(({ peer }) => peer))])}. Rule ${index + 1} of ${list} in BGPFilter ${filter} rejects ${inflect(all.length, 'it', 'them')}.`,
          remedy:
            'Remove or narrow the rule, or accept the range before it. A rule against routes of other nodes alone needs source: RemotePeers.',
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

export const FILTER_CHECKS: readonly DiagnosticCheck[] = [P24, P25];
