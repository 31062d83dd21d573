/**
 * The nodes that speakers announce from, in classes: those for which the same advertisements and peers are meant, and that
 * are in the same state, answer alike, but for where endpoints are. So a Service is judged a few times, however many nodes
 * there are.
 */

import type { NodeView } from '../announce/node.ts';
import { type ConfigObjects, reviewSettings, type Settings } from '../announce/settings.ts';
import type { SpeakerFlags } from '../announce/verdict.ts';
import { compareText } from '../base/text.ts';
import { fieldsOf, type Raw } from '../cluster/fields.ts';
import { choosesNode, readNodeChoice } from '../config/nodechoice.ts';
import type { SpeakerWord } from './nativespeakers.ts';

export type NodeClass = {
  /** In order; at least one. */
  readonly names: readonly string[];
  readonly members: ReadonlySet<string>;
  /** Classes of one kin differ in their peers alone: each of them has the same verdict of a Service. */
  readonly kin: string;
  /** Of the first of them. */
  readonly view: NodeView;
  readonly settings: Settings;
  readonly flags: SpeakerFlags;
  /** Whether it matters to Services of any policy where endpoints are. */
  readonly isWeighted: boolean;
  /** Peers that have the routes of some node of it. */
  readonly up: ReadonlySet<string>;
};

export type NodesAndSettings = {
  readonly nodes: Iterable<NodeView>;
  /** By the name of the node. */
  readonly words: ReadonlyMap<string, SpeakerWord>;
  readonly config: ConfigObjects;
  readonly namespace: string;
  readonly lbClass: string | null;
};

type Group = {
  readonly kin: string;
  readonly ignoreExcludeLabel: boolean;
  readonly views: NodeView[];
  readonly up: Set<string>;
};

/** A node without a speaker, or whose speaker has left, is in none. */
export function nodeClasses({
  nodes,
  words,
  config,
  namespace,
  lbClass,
}: NodesAndSettings): readonly NodeClass[] {
  const advertisements = config.advertisements.map(readNodeChoice);
  const peers = config.peers.map(readNodeChoice);
  const groups = new Map<string, Group>();
  for (const view of [...nodes].sort((a, b) => compareText(a.name, b.name))) {
    const word = words.get(view.name);
    if (word === undefined || word.hasLeft) continue;
    const { ignoreExcludeLabel } = word;
    const chosen = advertisements.map((one) => choosesNode(one, view.labels));
    const kin = JSON.stringify([chosen, view.excluded, view.networkUnavailable, ignoreExcludeLabel]);
    const key = JSON.stringify([kin, peers.map((one) => choosesNode(one, view.labels))]);
    const group = groups.get(key) ?? { kin, ignoreExcludeLabel, views: [], up: new Set() };
    groups.set(key, group);
    group.views.push(view);
    for (const peer of word.up) group.up.add(peer);
  }
  return [...groups.values()].flatMap(({ kin, views, up, ignoreExcludeLabel }) => {
    const [view] = views;
    if (view === undefined) return [];
    const settings = reviewSettings(withoutSecrets(config), view.labels, { namespace }, null);
    const names = views.map(({ name }) => name);
    const flags = { lbClass, ignoreExcludeLabel };
    return [
      { names, kin, members: new Set(names), view, settings, flags, isWeighted: hasWeights(settings), up },
    ];
  });
}

const hasWeights = ({ byPool }: Settings): boolean =>
  [...byPool.values()].flat().some(({ extras }) => extras.weighted !== null);

/** Of a password nothing is known here, and nothing needs to be: without it there is no session, which the nodes tell. */
const withoutSecrets = (config: ConfigObjects): ConfigObjects => ({
  ...config,
  peers: config.peers.map((raw): Raw => {
    const { passwordSecret: _, bfdProfile: __, ...spec } = fieldsOf(fieldsOf(raw)['spec']);
    return { ...fieldsOf(raw), spec };
  }),
});
