/** One session in the configuration of a node's BIRD: its parameters, and the name of its protocol. */
import { type Address, type Family, formatAddress } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { SecretRef } from '../objects/configuration.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import type { BGPPeer } from '../objects/peers.ts';

/** The AS of nodes where no object sets one (`DefaultASNumber`). */
export const DEFAULT_AS = 64_512;

export type SessionConfig = {
  /** Of the protocol in BIRD's configuration. */
  readonly name: string;
  readonly family: Family;
  readonly peer: Address;
  /** The TCP port that the node connects to. */
  readonly port: number;
  readonly kind: 'mesh' | 'global' | 'node';
  readonly localAS: number;
  /** Null where no object sets it: BIRD then rejects its whole configuration. */
  readonly remoteAS: number | null;
  readonly password: SecretRef | null;
  readonly nextHop: BGPPeer['nextHop'];
  readonly allowedLocalAS: number;
  readonly ttlSecurity: number | null;
  /** For which its peer keeps its routes while it restarts; null for BIRD's default. */
  readonly restartSeconds: number | null;
  readonly filters: readonly string[];
  /** The gateway of a static route to the peer; '' for none. */
  readonly reachableBy: string;
  /** This node is a route reflector and the peer is its client. */
  readonly isReflectorClient: boolean;
  /** Name of the BGPPeer that configures it; '' for the mesh. */
  readonly bgpPeer: string;
};

/** Of a BGPPeer. */
export type PeerSession = SessionConfig & {
  /** The port as an object sets it, null for the default. */
  readonly writtenPort: number | null;
};

export const globalAS = ({ configuration }: CalicoCluster): number => configuration.asNumber ?? DEFAULT_AS;

export const localAS = (cluster: CalicoCluster, node: CalicoNode): number =>
  node.asNumber ?? globalAS(cluster);

/** The port that the node's BIRD is set to listen on; null for the default. */
export const configuredPort = (cluster: CalicoCluster, node: string): number | null =>
  cluster.nodeConfigurations.get(node)?.listenPort ?? cluster.configuration.listenPort;

export const listenPort = (cluster: CalicoCluster, node: string): number =>
  configuredPort(cluster, node) ?? BGP_PORT;

const PREFIXES = { mesh: 'Mesh', global: 'Global', node: 'Node' } as const;

export const protocolName = (kind: SessionConfig['kind'], peer: Address, port: number | null): string =>
  `${PREFIXES[kind]}_${formatAddress(peer).replaceAll(/[.:]/g, '_')}${port === null ? '' : `_port_${port}`}`;
