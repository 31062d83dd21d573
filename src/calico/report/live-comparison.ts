/** Compares the model with what nodes report in CalicoNodeStatus: their sessions and their static routes. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { groupBy } from '../../base/list.ts';
import { compareText } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { specOf } from '../../objects/metadata.ts';
import type { ConvergedCluster } from '../cluster/converged-cluster.ts';
import { readRangeEntry } from '../objects/prefixes.ts';

export type LiveComparison = {
  /** Nodes with a CalicoNodeStatus, and those without. */
  readonly reporting: readonly string[];
  readonly silent: readonly string[];
  /** One sentence each. */
  readonly differences: readonly string[];
};

export function compareWithLive(converged: ConvergedCluster, statuses: readonly Raw[]): LiveComparison {
  const byNode = new Map(statuses.map((raw) => [textOf(specOf(raw)['node']), fieldsOf(raw['status'])]));
  const names = converged.nodeStates.map(({ node }) => node.name);
  const reporting = names.filter((name) => byNode.has(name));
  return {
    reporting,
    silent: names.filter((name) => !byNode.has(name)),
    differences: reporting
      .flatMap((name) => {
        const status = byNode.get(name) ?? {};
        return [...sessionDifferences(converged, name, status), ...routeDifferences(converged, name, status)];
      })
      .sort(compareText),
  };
}

function sessionDifferences(
  { sessions, nodeStates }: ConvergedCluster,
  name: string,
  status: Raw,
): readonly string[] {
  const bgp = fieldsOf(status['bgp']);
  if (status['bgp'] === undefined) return [];
  // Of several sessions with one peer, one is established at most.
  const reported = new Map<string, string>();
  for (const one of [...listOf(bgp['peersV4']), ...listOf(bgp['peersV6'])].map(fieldsOf)) {
    const peer = textOf(one['peerIP']);
    if (reported.get(peer) !== 'Established') reported.set(peer, textOf(one['state']));
  }
  const birds = nodeStates.find(({ node }) => node.name === name)?.birds;
  const configured = [birds?.[4].loaded, birds?.[6].loaded].flatMap((one) => one?.main.sessions ?? []);
  // A complete mesh is not evaluated session by session: all of them are established.
  const expected = new Map(configured.map(({ peer }) => [formatAddress(peer), true]));
  const evaluated = groupBy(
    sessions.filter(({ live }) => live.node.name === name),
    ({ session }) => formatAddress(session.peer),
  );
  for (const [peer, all] of evaluated)
    expected.set(
      peer,
      all.some(({ outcome }) => 'link' in outcome),
    );
  const differences: string[] = [];
  for (const [peer, isExpectedUp] of expected) {
    const state = reported.get(peer);
    if (state === undefined) differences.push(`${name}: has no session with ${peer}, which is expected`);
    else if (isExpectedUp !== (state === 'Established')) {
      differences.push(
        `${name}: the session with ${peer} is ${state}, expected was ${isExpectedUp ? 'Established' : 'a session that stays down'}`,
      );
    }
  }
  for (const peer of reported.keys()) {
    if (!expected.has(peer))
      differences.push(`${name}: has a session with ${peer} that no object configures`);
  }
  return differences;
}

function routeDifferences({ nodeStates }: ConvergedCluster, name: string, status: Raw): readonly string[] {
  const routes = fieldsOf(status['routes']);
  if (status['routes'] === undefined) return [];
  const reported = new Set(
    [...listOf(routes['routesV4']), ...listOf(routes['routesV6'])]
      .map(fieldsOf)
      .filter((one) => textOf(fieldsOf(one['learnedFrom'])['sourceType']) === 'Static')
      .flatMap((one) => {
        const { prefix } = readRangeEntry(textOf(one['destination']));
        return prefix === null ? [] : [formatPrefix(prefix)];
      }),
  );
  const birds = nodeStates.find(({ node }) => node.name === name)?.birds;
  const expected = new Set(
    [birds?.[4].loaded, birds?.[6].loaded].flatMap((one) =>
      one == null
        ? []
        : [
            ...one.included.aggregated,
            ...one.included.hostPrefixes.shared,
            ...one.included.hostPrefixes.own,
          ].map(formatPrefix),
    ),
  );
  const blocks = new Set(
    [birds?.[4].loaded, birds?.[6].loaded].flatMap((one) => one?.included.blocks.map(formatPrefix) ?? []),
  );
  return [
    ...[...expected]
      .filter((prefix) => !reported.has(prefix))
      .map((prefix) => `${name}: does not have ${prefix}, which it is expected to announce`),
    ...[...reported]
      .filter((prefix) => !expected.has(prefix) && !blocks.has(prefix))
      .map((prefix) => `${name}: has ${prefix} to announce, which follows from no Service`),
  ];
}
