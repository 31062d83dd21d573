/** Nodes whose speakers have sessions with the routers of their rack, for benchmarks of what shows them. */
import type { JsonObject } from '../../src/apiserver/object/value.ts';

export type SpeakerNodes = {
  readonly nodes: number;
  readonly routers: number;
  /** Each node has a session with so many routers: those of its rack, or all of them. */
  readonly routersOfANode?: number;
};

const SINCE = '2026-01-01T00:00:00Z';
/** Of a rack. */
const ROUTERS_OF_A_NODE = 2;

/** For each node its Node, the Pod of its speaker, and what the speaker reports. */
export const speakerNodes = (
  { nodes, routers, routersOfANode = ROUTERS_OF_A_NODE }: SpeakerNodes,
  namespace: string,
): readonly JsonObject[] =>
  Array.from({ length: nodes }, (_, index) => {
    const name = `node-${String(index).padStart(4, '0')}`;
    return [node(name), pod(name, namespace), status(name, { index, routers, routersOfANode, namespace })];
  }).flat();

const node = (name: string): JsonObject => ({
  ...{ apiVersion: 'v1', kind: 'Node', metadata: { name } },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

const pod = (node: string, namespace: string): JsonObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: {
    ...{ name: `berth-speaker-${node}`, namespace },
    labels: { 'app.kubernetes.io/component': 'speaker' },
  },
  spec: { nodeName: node, containers: [{ name: 'speaker', image: 'registry.example/berth:v1.0.0' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

function status(
  node: string,
  of: Required<Omit<SpeakerNodes, 'nodes'>> & { readonly index: number; readonly namespace: string },
): JsonObject {
  const rack = of.index % (of.routers / of.routersOfANode);
  const sessions = Array.from({ length: of.routersOfANode }, (_, place) => ({
    ...{ peer: `rack-${rack}-${place}`, address: `10.200.${rack}.${place}`, state: 'Established' },
    ...{ since: SINCE, lastError: null },
    ...{ ipv4: { wanted: 20, told: 20, refused: 0 }, ipv6: { wanted: 0, told: 0, refused: 0 } },
  }));
  return {
    ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus' },
    metadata: { name: node, namespace: of.namespace },
    status: {
      phase: 'speaking',
      time: SINCE,
      announced: { services: 20, digest: 'x' },
      layer2: null,
      sessions,
    },
  };
}
