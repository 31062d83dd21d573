/** The BGP sessions of a node: the mesh, and the routers of BGPPeers. */

import {
  addressOf,
  annotatedAS,
  clusterIdOf,
  type Family,
  familyOf,
  type Loose,
  type ObjectsByKind,
} from './objects.ts';
import { selects } from './selector.ts';
import { onlyFields, refuse } from './unsupported.ts';

export type Session = {
  /** Name of the protocol in BIRD. */
  readonly name: string;
  readonly kind: 'mesh' | 'global' | 'node';
  readonly family: Family;
  readonly peer: string;
  readonly port: number;
  readonly localAS: string;
  /** Undefined where no object sets it: BIRD then rejects the file. */
  readonly remoteAS: string | undefined;
  readonly passive: boolean;
  readonly password: string | undefined;
  readonly filters: readonly string[];
  /** Further lines of the protocol. */
  readonly options: readonly string[];
  /** The gateway of a static route to the peer. */
  readonly reachableBy?: string;
};

const BGP_PORT = 179;
const DEFAULT_AS = '64512';
const PEER_FIELDS = [
  'node',
  'nodeSelector',
  'peerIP',
  'asNumber',
  'localASNumber',
  'password',
  'nextHopMode',
  'filters',
  'numAllowedLocalASNumbers',
  'ttlSecurity',
  'maxRestartTime',
  'reachableBy',
  'peerSelector',
  'reversePeering',
];

export function sessionsOf(snapshot: ObjectsByKind, node: Loose, family: Family): readonly Session[] {
  return [...meshSessions(snapshot, node, family), ...peerSessions(snapshot, node, family)];
}

const ownAS = (snapshot: ObjectsByKind, node: Loose): string =>
  annotatedAS(node) ?? String(snapshot.configuration('default').asNumber ?? DEFAULT_AS);

export const listenPort = (snapshot: ObjectsByKind, node: Loose): number =>
  snapshot.configuration(`node.${node.metadata.name}`)?.listenPort ??
  snapshot.configuration('default').listenPort ??
  BGP_PORT;

function meshSessions(snapshot: ObjectsByKind, node: Loose, family: Family): readonly Session[] {
  const configuration = snapshot.configuration('default');
  const ownAddress = addressOf(node, family);
  if (configuration.nodeToNodeMeshEnabled === false || ownAddress === '' || clusterIdOf(node) !== '')
    return [];
  const password = secretText(snapshot, configuration.nodeMeshPassword?.secretKeyRef);
  return snapshot.nodes
    .filter(
      (other) =>
        other.metadata.name !== node.metadata.name &&
        addressOf(other, family) !== '' &&
        clusterIdOf(other) === '',
    )
    .map((other) => {
      const peer = addressOf(other, family);
      return {
        name: protocolName('mesh', peer),
        kind: 'mesh',
        family,
        peer,
        port: listenPort(snapshot, other),
        localAS: ownAS(snapshot, node),
        remoteAS: annotatedAS(other) ?? ownAS(snapshot, node),
        passive: peer > ownAddress, // the one that sorts higher dials
        password,
        filters: [],
        options: restartTime(configuration.nodeMeshMaxRestartTime),
      };
    });
}

function peerSessions(snapshot: ObjectsByKind, node: Loose, family: Family): readonly Session[] {
  if (addressOf(node, family) === '') return [];
  const all = snapshot.peers
    .filter(({ spec }) => !spec.peerSelector && appliesToNode(spec, node))
    .map(({ spec }) => peerSession(snapshot, node, spec))
    .filter((session) => session.family === family);
  const remoteKey = ({ peer, port }: Session): string => `${peer} ${port}`;
  const globals = all.filter(({ kind }) => kind === 'global');
  const overridden = new Set(globals.map(remoteKey));
  const kept = [...globals, ...all.filter((one) => one.kind === 'node' && !overridden.has(remoteKey(one)))];
  if (new Set(kept.map(remoteKey)).size < kept.length)
    refuse('two BGPPeers with one address: Calico throws dice');
  return [...kept, ...selectedSessions(snapshot, node, family)];
}

/** Sessions with nodes that a BGPPeer selects, and back from a node that it selects. */
function selectedSessions(snapshot: ObjectsByKind, node: Loose, family: Family): readonly Session[] {
  const specs = snapshot.peers.map(({ spec }) => spec).filter(({ peerSelector }) => peerSelector);
  const isSelected = (spec: Loose, one: Loose): boolean =>
    selects(spec.peerSelector, one.metadata.labels ?? {});
  const others = snapshot.nodes.filter((one) => one.metadata.name !== node.metadata.name);
  const pairs = (
    from: (spec: Loose, one: Loose) => boolean,
    to: (spec: Loose, one: Loose) => boolean,
  ): readonly (readonly [Loose, Loose])[] =>
    specs
      .filter((spec) => from(spec, node))
      .flatMap((spec) => others.filter((other) => to(spec, other)).map((other) => [spec, other] as const));
  const byAddress = new Map<string, Session>();
  for (const [spec, other] of [
    ...pairs(appliesToNode, isSelected),
    ...pairs((spec, one) => spec.reversePeering !== 'Manual' && isSelected(spec, one), appliesToNode),
  ]) {
    const peer = addressOf(other, family);
    if (peer !== '' && !byAddress.has(peer))
      byAddress.set(peer, nodeSession(snapshot, [node, other], spec, family));
  }
  return [...byAddress.values()];
}

function nodeSession(
  snapshot: ObjectsByKind,
  [node, other]: readonly [Loose, Loose],
  spec: Loose,
  family: Family,
): Session {
  onlyFields('a BGPPeer', spec, PEER_FIELDS);
  const [own, cluster, peer] = [ownAS(snapshot, node), clusterIdOf(node), addressOf(other, family)];
  const isClient = cluster !== '' && own === ownAS(snapshot, other) && clusterIdOf(other) !== cluster;
  return {
    name: protocolName('node', peer),
    kind: 'node',
    family,
    peer,
    port: listenPort(snapshot, other),
    localAS: own,
    remoteAS: ownAS(snapshot, other),
    passive: peer > addressOf(node, family), // Calico lets both sides connect, which collide for a while
    password: secretText(snapshot, spec.password?.secretKeyRef),
    filters: spec.filters ?? [],
    options: [
      'multihop;',
      ...(isClient ? ['rr client;', `rr cluster id ${cluster};`] : []),
      ...(spec.nextHopMode === 'Self' ? ['next hop self;'] : []),
      ...(spec.nextHopMode === 'Keep' ? ['next hop keep;'] : []),
      ...restartTime(spec.maxRestartTime),
    ],
  };
}

function appliesToNode(spec: Loose, node: Loose): boolean {
  if (spec.node) return spec.node === node.metadata.name;
  return spec.nodeSelector ? selects(spec.nodeSelector, node.metadata.labels ?? {}) : true;
}

function peerSession(snapshot: ObjectsByKind, node: Loose, spec: Loose): Session {
  onlyFields('a BGPPeer', spec, PEER_FIELDS);
  const { address, port } = splitPort(spec.peerIP);
  return {
    name: protocolName('peer', `${address}_${port}`),
    kind: spec.node || spec.nodeSelector ? 'node' : 'global',
    family: familyOf(address),
    peer: address,
    port,
    localAS: String(spec.localASNumber ?? ownAS(snapshot, node)),
    remoteAS: spec.asNumber === undefined ? undefined : String(spec.asNumber),
    passive: false,
    password: secretText(snapshot, spec.password?.secretKeyRef),
    filters: spec.filters ?? [],
    options: [
      ...(spec.ttlSecurity ? ['ttl security on;', `multihop ${spec.ttlSecurity};`] : ['multihop;']),
      ...(spec.nextHopMode === 'Self' ? ['next hop self;'] : []),
      ...(spec.nextHopMode === 'Keep' ? ['next hop keep;'] : []),
      ...(spec.numAllowedLocalASNumbers ? [`allow local as ${spec.numAllowedLocalASNumbers};`] : []),
      ...restartTime(spec.maxRestartTime),
    ],
    ...(spec.reachableBy ? { reachableBy: spec.reachableBy } : {}),
  };
}

function restartTime(duration: string | undefined): readonly string[] {
  if (duration === undefined) return [];
  const seconds = /^(\d+)s$/.exec(duration)?.[1] ?? refuse(`the duration ${duration}`);
  return [`graceful restart time ${seconds};`];
}

/** Address and port in the `peerIP` of a BGPPeer. */
export function splitPort(text: string): { readonly address: string; readonly port: number } {
  const found = /^([\d.]+):(\d+)$/.exec(text) ?? /^\[(.+)\]:(\d+)$/.exec(text);
  return found ? { address: found[1] ?? '', port: Number(found[2]) } : { address: text, port: BGP_PORT };
}

const SECRETS_IN = 'kube-system';

/** The value of a key of a Secret; undefined where there is none, and the session then has no password. */
function secretText(snapshot: ObjectsByKind, reference: Loose): string | undefined {
  const secret = snapshot.secrets.find(
    ({ metadata }) => metadata.namespace === SECRETS_IN && metadata.name === reference?.name,
  );
  const encoded = secret?.data?.[reference.key];
  return encoded === undefined
    ? secret?.stringData?.[reference.key]
    : Buffer.from(encoded, 'base64').toString('utf8');
}

const protocolName = (kind: string, rest: string): string => `${kind}_${rest.replaceAll(/[^0-9a-f]/g, '_')}`;
