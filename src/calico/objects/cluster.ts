/** The objects that Calico's BGP depends on, decoded; their order does not matter. */

import { type Raw, textOf } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import { nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import type { ClusterObject } from './cluster-object.ts';
import {
  type BGPConfiguration,
  DEFAULT_BGP_CONFIGURATION,
  readConfiguration,
  type SecretRef,
} from './configuration.ts';
import { asStoredBy } from './field-versions.ts';
import { type CalicoNode, toCalicoNode } from './nodes.ts';
import { type BGPFilter, type BGPPeer, readCalicoPeer, readFilter } from './peers.ts';
import { type Block, type CalicoPool, readBlock, readCalicoPool } from './pools.ts';
import { secretValue } from './secrets.ts';
import { type CalicoService, type CalicoSlice, toCalicoService } from './services.ts';
import { validationErrors } from './validation.ts';
import { behaviourOf, type CalicoBehaviour, type CalicoVersion, parseVersion } from './version.ts';

export type CalicoCluster = {
  readonly version: CalicoVersion | null;
  readonly behaviour: CalicoBehaviour;
  /** Sorted by name. */
  readonly nodes: readonly CalicoNode[];
  readonly services: ReadonlyMap<string, CalicoService>;
  /** By Service. */
  readonly slices: ReadonlyMap<string, readonly CalicoSlice[]>;
  readonly configuration: BGPConfiguration;
  /** `node.<name>`, by name of the node. */
  readonly nodeConfigurations: ReadonlyMap<string, BGPConfiguration>;
  /** Names of BGPConfigurations that Calico does not read. */
  readonly ignoredConfigurations: readonly string[];
  readonly peers: readonly BGPPeer[];
  readonly filters: ReadonlyMap<string, BGPFilter>;
  readonly pools: readonly CalicoPool[];
  readonly blocks: readonly Block[];
  /** The value of a key of a Secret in the namespace that calico-node reads; null where there is none. */
  readonly secret: (ref: SecretRef) => string | null;
  /** Objects that an API server rejects, `Kind/name`, with the reasons. */
  readonly rejected: readonly { readonly object: string; readonly reasons: readonly string[] }[];
};

export type CalicoClusterOptions = {
  /** Overrides the version in ClusterInformation. */
  readonly version?: CalicoVersion | null;
  /** Where calico-node reads Secrets (its environment's `NAMESPACE`). */
  readonly namespace?: string;
  /** Overrides the values of Secrets. */
  readonly secret?: CalicoCluster['secret'];
};

const DEFAULT_NAMESPACE = 'kube-system';

export const objectName = (raw: Raw): string => `${resourceKind(raw)}/${nameOf(raw)}`;

export function readCluster(
  objects: readonly ClusterObject[],
  options: CalicoClusterOptions = {},
): CalicoCluster {
  const raws = objects.flatMap((one) => (one.type === 'raw' ? [one.raw] : []));
  const version = options.version === undefined ? readVersion(raws) : options.version;
  const behaviour = behaviourOf(version);
  const rejected = behaviour.hasNativeCrds
    ? raws
        .map((raw) => ({ object: objectName(raw), reasons: validationErrors(raw) }))
        .filter(({ reasons }) => reasons.length > 0)
    : [];
  const rejectedNames = new Set(rejected.map(({ object }) => object));
  const readAll = <T>(kind: string, read: (raw: Raw) => T): readonly T[] =>
    raws
      .filter((raw) => resourceKind(raw) === kind && !rejectedNames.has(objectName(raw)))
      .map((raw) => read(asStoredBy(raw, version)));
  const configurations = new Map(
    readAll('BGPConfiguration', readConfiguration).map((one) => [one.name, one]),
  );
  const nodes = sortByName(objects.flatMap((one) => (one.type === 'node' ? [toCalicoNode(one.node)] : [])));
  const services = objects.flatMap((one) => (one.type === 'service' ? [toCalicoService(one.service)] : []));
  const secrets = new Map(readAll('Secret', (raw) => [`${namespaceOf(raw)}/${nameOf(raw)}`, raw] as const));
  const nodeConfigurations = new Map(
    nodes.flatMap(({ name }) => {
      const one = configurations.get(`node.${name}`);
      return one === undefined ? [] : [[name, one] as const];
    }),
  );
  return {
    version,
    behaviour,
    nodes,
    services: new Map(services.map((one) => [one.key, one])),
    slices: groupByService(objects.flatMap((one) => (one.type === 'slice' ? [one.slice] : []))),
    configuration: configurations.get('default') ?? DEFAULT_BGP_CONFIGURATION,
    nodeConfigurations,
    ignoredConfigurations: [...configurations.keys()]
      .filter((name) => name !== 'default' && !nodeConfigurations.has(name.replace(/^node\./, '')))
      .sort(),
    peers: sortByName(readAll('BGPPeer', readCalicoPeer)),
    filters: new Map(sortByName(readAll('BGPFilter', readFilter)).map((one) => [one.name, one])),
    pools: sortByName(readAll('IPPool', readCalicoPool)),
    blocks: readAll('BlockAffinity', readBlock).filter((one) => one !== null),
    secret:
      options.secret ??
      (({ name, key }) => {
        const raw = secrets.get(`${options.namespace ?? DEFAULT_NAMESPACE}/${name}`);
        return raw === undefined ? null : secretValue(raw, key);
      }),
    rejected,
  };
}

const sortByName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
  [...items].sort((a, b) => compareText(a.name, b.name));

function readVersion(objects: readonly Raw[]): CalicoVersion | null {
  const information = objects.find(
    (raw) => resourceKind(raw) === 'ClusterInformation' && nameOf(raw) === 'default',
  );
  return information === undefined ? null : parseVersion(textOf(specOf(information)['calicoVersion']));
}

function groupByService(slices: readonly CalicoSlice[]): ReadonlyMap<string, readonly CalicoSlice[]> {
  const byService = new Map<string, CalicoSlice[]>();
  for (const slice of slices) {
    if (slice.service === null) continue;
    const existing = byService.get(slice.service);
    if (existing === undefined) byService.set(slice.service, [slice]);
    else existing.push(slice);
  }
  return byService;
}
