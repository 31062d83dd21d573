/** The model against what nodes report of themselves in CalicoNodeStatus: sessions, and the routes they hold ready. */

import { compareText } from '../base/text.ts';
import { fieldsOf, listOf, type Raw, specOf, textOf } from '../cluster/fields.ts';
import { formatAddress } from '../net/address.ts';
import { formatPrefix } from '../net/prefix.ts';
import { rangeEntry } from './objects/prefixes.ts';
import type { Picture } from './picture.ts';

export type LiveComparison = {
  /** Nodes that report, out of all. */
  readonly reporting: readonly string[];
  readonly silent: readonly string[];
  /** One sentence each. */
  readonly differences: readonly string[];
};

export function compareLive(picture: Picture, statuses: readonly Raw[]): LiveComparison {
  const byNode = new Map(statuses.map((raw) => [textOf(specOf(raw)['node']), fieldsOf(raw['status'])]));
  const names = picture.states.map(({ node }) => node.name);
  const reporting = names.filter((name) => byNode.has(name));
  return {
    reporting,
    silent: names.filter((name) => !byNode.has(name)),
    differences: reporting
      .flatMap((name) => {
        const status = byNode.get(name) ?? {};
        return [...sessionDifferences(picture, name, status), ...routeDifferences(picture, name, status)];
      })
      .sort(compareText),
  };
}

function sessionDifferences({ sessions, states }: Picture, name: string, status: Raw): readonly string[] {
  const bgp = fieldsOf(status['bgp']);
  if (status['bgp'] === undefined) return [];
  const seen = new Map(
    [...listOf(bgp['peersV4']), ...listOf(bgp['peersV6'])].map((one) => {
      const peer = fieldsOf(one);
      return [textOf(peer['peerIP']), textOf(peer['state'])] as const;
    }),
  );
  const own = states.find(({ node }) => node.name === name)?.daemons;
  const told = [own?.[4].loaded, own?.[6].loaded].flatMap((one) => one?.main.sessions ?? []);
  // Sessions of a whole mesh are not worked out one by one: they come up.
  const expected = new Map(told.map(({ peer }) => [formatAddress(peer), true]));
  for (const { live, session, result } of sessions) {
    if (live.node.name === name) expected.set(formatAddress(session.peer), 'link' in result);
  }
  const differences: string[] = [];
  for (const [peer, comesUp] of expected) {
    const state = seen.get(peer);
    if (state === undefined)
      differences.push(`${name}: a session with ${peer} is expected, the node has none`);
    else if (comesUp !== (state === 'Established')) {
      differences.push(
        `${name}: the session with ${peer} is ${state}, expected was ${comesUp ? 'Established' : 'that it stays down'}`,
      );
    }
  }
  for (const peer of seen.keys()) {
    if (!expected.has(peer))
      differences.push(`${name}: there is a session with ${peer} that no object asks for`);
  }
  return differences;
}

function routeDifferences({ states }: Picture, name: string, status: Raw): readonly string[] {
  const routes = fieldsOf(status['routes']);
  if (status['routes'] === undefined) return [];
  const seen = new Set(
    [...listOf(routes['routesV4']), ...listOf(routes['routesV6'])]
      .map(fieldsOf)
      .filter((one) => textOf(fieldsOf(one['learnedFrom'])['sourceType']) === 'Static')
      .flatMap((one) => {
        const { prefix } = rangeEntry(textOf(one['destination']));
        return prefix === null ? [] : [formatPrefix(prefix)];
      }),
  );
  const loaded = states.find(({ node }) => node.name === name)?.daemons;
  const expected = new Set(
    [loaded?.[4].loaded, loaded?.[6].loaded].flatMap((one) =>
      one == null
        ? []
        : [...one.included.aggregated, ...one.included.hosts.shared, ...one.included.hosts.own].map(
            formatPrefix,
          ),
    ),
  );
  const own = new Set(
    [loaded?.[4].loaded, loaded?.[6].loaded].flatMap((one) => one?.included.blocks.map(formatPrefix) ?? []),
  );
  return [
    ...[...expected]
      .filter((prefix) => !seen.has(prefix))
      .map((prefix) => `${name}: is expected to announce ${prefix}, and does not have it`),
    ...[...seen]
      .filter((prefix) => !expected.has(prefix) && !own.has(prefix))
      .map((prefix) => `${name}: has ${prefix} to announce, which no Service asks for`),
  ];
}
