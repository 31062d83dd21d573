/**
 * Classes of nodes with speakers: nodes that the same advertisements and peers select, and that are in the same state, decide
 * alike, apart from their endpoints. So a Service is evaluated a few times, however many nodes there are.
 */

import {
  type ConfigObjects,
  type NodeConfig,
  readClusterConfig,
  selectNodeConfig,
} from '../../../announce/config/node-config.ts';
import type { SpeakerFlags } from '../../../announce/decision/should-announce.ts';
import { fieldsOf, type Raw } from '../../../base/json.ts';
import { compareText } from '../../../base/text.ts';
import { selectsNode } from '../../../config/node-selectors.ts';
import type { Node } from '../../../objects/node.ts';
import type { SpeakerState } from './speaker-states.ts';

/** A Node, as far as it decides which class it is in. */
export type ClassifiedNode = Pick<Node, 'name' | 'labels' | 'isExcluded' | 'isNetworkUnavailable'>;

export type NodeClass = {
  /** Sorted; at least one. */
  readonly names: readonly string[];
  readonly members: ReadonlySet<string>;
  /** Classes of one key differ in their peers alone: they decide alike about a Service. */
  readonly verdictKey: string;
  /** The first node of the class. */
  readonly node: ClassifiedNode;
  readonly settings: NodeConfig;
  readonly flags: SpeakerFlags;
  /** Whether the endpoints of each node matter for Services of every policy. */
  readonly isWeighted: boolean;
  /** Peers that have the routes of some node of the class. */
  readonly up: ReadonlySet<string>;
};

export type NodeClassInput = {
  readonly nodes: Iterable<ClassifiedNode>;
  /** By the name of the node. */
  readonly speakers: ReadonlyMap<string, SpeakerState>;
  readonly config: ConfigObjects;
  readonly namespace: string;
  readonly lbClass: string | null;
};

type NodeGroup = {
  readonly verdictKey: string;
  readonly ignoreExcludeLabel: boolean;
  readonly nodes: ClassifiedNode[];
  readonly up: Set<string>;
};

/** A node without a speaker, or whose speaker has left it, is in no class. */
export function classifySpeakerNodes({
  nodes,
  speakers,
  config,
  namespace,
  lbClass,
}: NodeClassInput): readonly NodeClass[] {
  const cluster = readClusterConfig(withoutSecrets(config), { namespace }, null);
  const groups = new Map<string, NodeGroup>();
  for (const node of [...nodes].sort((a, b) => compareText(a.name, b.name))) {
    const speaker = speakers.get(node.name);
    if (speaker === undefined || speaker.hasLeft) continue;
    const { ignoreExcludeLabel } = speaker;
    const selected = cluster.advertisements.map(({ selectors }) => selectsNode(selectors, node.labels));
    const verdictKey = JSON.stringify([
      selected,
      node.isExcluded,
      node.isNetworkUnavailable,
      ignoreExcludeLabel,
    ]);
    const selectedPeers = cluster.peers.objects.map(({ selectors }) => selectsNode(selectors, node.labels));
    const key = JSON.stringify([verdictKey, selectedPeers]);
    const group = groups.get(key) ?? { verdictKey, ignoreExcludeLabel, nodes: [], up: new Set() };
    groups.set(key, group);
    group.nodes.push(node);
    for (const peer of speaker.up) group.up.add(peer);
  }
  return [...groups.values()].flatMap(({ verdictKey, nodes: members, up, ignoreExcludeLabel }) => {
    const [node] = members;
    if (node === undefined) return [];
    const settings = selectNodeConfig(cluster, node.labels, null);
    const names = members.map(({ name }) => name);
    const flags = { lbClass, ignoreExcludeLabel };
    return [
      {
        names,
        verdictKey,
        members: new Set(names),
        node,
        settings,
        flags,
        isWeighted: hasWeights(settings),
        up,
      },
    ];
  });
}

const hasWeights = ({ advertisementsByPool }: NodeConfig): boolean =>
  [...advertisementsByPool.values()].flat().some(({ extensions }) => extensions.weighting !== null);

/** Passwords are unknown here and not needed: without one there is no session, and the speaker reports that. */
const withoutSecrets = (config: ConfigObjects): ConfigObjects => ({
  ...config,
  peers: config.peers.map((raw): Raw => {
    const { passwordSecret: _, bfdProfile: __, ...spec } = fieldsOf(fieldsOf(raw)['spec']);
    return { ...fieldsOf(raw), spec };
  }),
});
