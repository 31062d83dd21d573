/** Kubernetes objects by kind, undecoded. */

// biome-ignore lint/suspicious/noExplicitAny: objects of the API, read by tests that know their shape
export type Loose = any;

export type ObjectsByKind = {
  readonly nodes: readonly Loose[];
  readonly services: readonly Loose[];
  readonly slices: readonly Loose[];
  readonly secrets: readonly Loose[];
  readonly peers: readonly Loose[];
  readonly filters: readonly Loose[];
  readonly pools: readonly Loose[];
  readonly affinities: readonly Loose[];
  /** The spec of the BGPConfiguration with this name; undefined when there is none. */
  readonly configuration: (name: string) => Loose;
};

export function groupByKind(objects: readonly Loose[]): ObjectsByKind {
  const of = (kind: string): readonly Loose[] => objects.filter((one) => one.kind === kind);
  return {
    nodes: of('Node'),
    services: of('Service'),
    slices: of('EndpointSlice'),
    secrets: of('Secret'),
    peers: of('BGPPeer'),
    filters: of('BGPFilter'),
    pools: of('IPPool'),
    affinities: of('BlockAffinity'),
    configuration: (name) =>
      of('BGPConfiguration').find(({ metadata }) => metadata.name === name)?.spec ??
      (name === 'default' ? {} : undefined),
  };
}

export type Family = 4 | 6;

export const familyOf = (address: string): Family => (address.includes(':') ? 6 : 4);

const ADDRESS: Readonly<Record<Family, string>> = {
  4: 'projectcalico.org/IPv4Address',
  6: 'projectcalico.org/IPv6Address',
};
const EXCLUDE = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** Without its mask; empty when the node has none of this family. */
export const addressOf = (node: Loose, family: Family): string =>
  (node.metadata.annotations?.[ADDRESS[family]] ?? '').split('/')[0];

/** The AS in the node's own annotation. */
export const annotatedAS = (node: Loose): string | undefined =>
  node.metadata.annotations?.['projectcalico.org/ASNumber'];

/** Of a route reflector; empty for other nodes. */
export const clusterIdOf = (node: Loose): string =>
  node.metadata.annotations?.['projectcalico.org/RouteReflectorClusterID'] ?? '';

export const isExcluded = (node: Loose): boolean => node.metadata.labels?.[EXCLUDE] === 'true';

/** Prefixes of one family in a list of `{ cidr }`. */
export const cidrs = (list: Loose, family: Family): readonly string[] =>
  (list ?? []).map(({ cidr }: Loose) => cidr).filter((cidr: string) => familyOf(cidr) === family);

export const isSingle = (cidr: string): boolean => cidr.endsWith(familyOf(cidr) === 4 ? '/32' : '/128');
