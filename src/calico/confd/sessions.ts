/**
 * The BGP sessions that a node's BIRD is configured to keep (confd, `bgp_processor.go`): with the other nodes of the mesh, and
 * those of BGPPeers. Several of them can have one peer. BIRD gives an address and port to the first in its file.
 */

import { compareText } from '../../base/text.ts';
import { type Family, sameAddress } from '../../net/address.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import { peerSessionsOf } from './peer-sessions.ts';
import { globalAS, listenPort, localAS, protocolName, type SessionConfig } from './session-config.ts';

/** The sessions of one node and family in the order of the file; none where the node has no address of the family. */
export function sessionsOf(
  cluster: CalicoCluster,
  node: CalicoNode,
  family: Family,
): readonly SessionConfig[] {
  const own = node.addresses[family];
  if (own === null) return [];
  const isOther = ({ peer }: SessionConfig): boolean => !sameAddress(peer, own);
  const mesh = meshSessionsOf(cluster, node, family).filter(isOther);
  const peers = peerSessionsOf(cluster, node, family).filter(isOther);
  if (peers.length === 0) return mesh;
  const ofKind = (kind: SessionConfig['kind']): readonly SessionConfig[] =>
    peers.filter((one) => one.kind === kind).sort((a, b) => compareText(a.name, b.name));
  // By name; before, the mesh came first.
  return cluster.behaviour.hasBgpProcessor
    ? [...ofKind('global'), ...mesh, ...ofKind('node')]
    : [...mesh, ...ofKind('global'), ...ofKind('node')];
}

/** The mesh sessions of all nodes of one AS. Nodes share the objects, since a mesh of n nodes has n² of them. */
const meshCache = new WeakMap<CalicoCluster, Map<string, readonly MeshSession[]>>();

type MeshSession = { readonly to: string; readonly session: SessionConfig };

function meshSessionsOf(cluster: CalicoCluster, node: CalicoNode, family: Family): readonly SessionConfig[] {
  if (!cluster.configuration.mesh || node.clusterId !== '') return [];
  return fullMesh(cluster, localAS(cluster, node), family).flatMap(({ to, session }) =>
    to === node.name ? [] : [session],
  );
}

function fullMesh(cluster: CalicoCluster, own: number, family: Family): readonly MeshSession[] {
  const known = meshCache.get(cluster) ?? new Map<string, readonly MeshSession[]>();
  meshCache.set(cluster, known);
  const key = `${own} ${family}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = cluster.nodes.flatMap((other): readonly MeshSession[] => {
    const peer = other.addresses[family];
    if (peer === null || other.clusterId !== '') return [];
    const session: SessionConfig = {
      ...MESH_DEFAULTS,
      name: protocolName('mesh', peer, null),
      family,
      peer,
      port: listenPort(cluster, other.name),
      localAS: own,
      // A neighbour without an annotation.
      remoteAS: other.asNumber ?? (cluster.behaviour.hasBgpProcessor ? own : globalAS(cluster)),
      password: cluster.configuration.meshPassword,
      restartSeconds: cluster.configuration.meshRestartSeconds,
    };
    return [{ to: other.name, session }];
  });
  known.set(key, made);
  return made;
}

const MESH_DEFAULTS = {
  kind: 'mesh',
  nextHop: 'auto',
  allowedLocalAS: 0,
  ttlSecurity: null,
  filters: [],
  reachableBy: '',
  isReflectorClient: false,
  bgpPeer: '',
} as const;
