/** Everything that Calico's BGP looks at, read once from the raw objects, whatever their order. */

import { compareText } from '../../base/text.ts';
import { fieldsOf, mapOf, nameOf, namespaceOf, type Raw, specOf, textOf } from '../../cluster/fields.ts';
import { type Behaviour, behaviourOf, type CalicoVersion, parseVersion } from '../version.ts';
import {
  type BGPConfiguration,
  NO_CONFIGURATION,
  readConfiguration,
  type SecretRef,
} from './configuration.ts';
import { type CalicoNode, readNode } from './nodes.ts';
import { type BGPFilter, type BGPPeer, readFilter, readPeer } from './peers.ts';
import { type Block, type CalicoPool, readBlock, readPool } from './pools.ts';
import { refusalsOf } from './refusals.ts';
import { type CalicoService, type CalicoSlice, readService, readSlice } from './services.ts';

export type Cluster = {
  readonly version: CalicoVersion | null;
  readonly behaviour: Behaviour;
  /** All by name. */
  readonly nodes: readonly CalicoNode[];
  readonly services: ReadonlyMap<string, CalicoService>;
  /** By Service. */
  readonly slices: ReadonlyMap<string, readonly CalicoSlice[]>;
  readonly configuration: BGPConfiguration;
  /** `node.<name>`, by name of the node. */
  readonly nodeConfigurations: ReadonlyMap<string, BGPConfiguration>;
  /** Names of configurations that nobody reads. */
  readonly ignoredConfigurations: readonly string[];
  readonly peers: readonly BGPPeer[];
  readonly filters: ReadonlyMap<string, BGPFilter>;
  readonly pools: readonly CalicoPool[];
  readonly blocks: readonly Block[];
  /** The value under a key of a Secret in the namespace that calico-node reads; null where there is none. */
  readonly secret: (ref: SecretRef) => string | null;
  /** Objects that the API server would not have stored, `Kind/name`, with the reasons. */
  readonly refused: readonly { readonly object: string; readonly reasons: readonly string[] }[];
};

export type ClusterOptions = {
  /** Overrides what ClusterInformation says. */
  readonly version?: CalicoVersion | null;
  /** Where calico-node reads Secrets (its environment's `NAMESPACE`). */
  readonly namespace?: string;
  /** Takes the place of what the Secrets say. */
  readonly secret?: Cluster['secret'];
};

const DEFAULT_NAMESPACE = 'kube-system';

export const objectName = (raw: Raw): string => `${textOf(raw['kind'])}/${nameOf(raw)}`;

export function readCluster(objects: readonly Raw[], options: ClusterOptions = {}): Cluster {
  const version = options.version === undefined ? versionIn(objects) : options.version;
  const behaviour = behaviourOf(version);
  const refused = behaviour.hasNativeCrds
    ? objects
        .map((raw) => ({ object: objectName(raw), reasons: refusalsOf(raw) }))
        .filter(({ reasons }) => reasons.length > 0)
    : [];
  const unread = new Set(refused.map(({ object }) => object));
  const all = <T>(kind: string, read: (raw: Raw) => T): readonly T[] =>
    objects.filter((raw) => raw['kind'] === kind && !unread.has(objectName(raw))).map(read);
  const configurations = new Map(all('BGPConfiguration', readConfiguration).map((one) => [one.name, one]));
  const nodes = byName(all('Node', readNode));
  const secrets = new Map(
    all('Secret', (raw) => [`${namespaceOf(raw)}/${nameOf(raw)}`, secretValues(raw)] as const),
  );
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
    services: new Map(all('Service', readService).map((one) => [one.key, one])),
    slices: grouped(all('EndpointSlice', readSlice)),
    configuration: withVersion(configurations.get('default') ?? NO_CONFIGURATION, behaviour),
    nodeConfigurations,
    ignoredConfigurations: [...configurations.keys()]
      .filter((name) => name !== 'default' && !nodeConfigurations.has(name.replace(/^node\./, '')))
      .sort(),
    peers: byName(all('BGPPeer', readPeer)),
    filters: new Map(byName(all('BGPFilter', readFilter)).map((one) => [one.name, one])),
    pools: byName(all('IPPool', readPool)),
    blocks: all('BlockAffinity', readBlock).filter((one) => one !== null),
    secret:
      options.secret ??
      (({ name, key }) => secrets.get(`${options.namespace ?? DEFAULT_NAMESPACE}/${name}`)?.get(key) ?? null),
    refused,
  };
}

const byName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
  [...items].sort((a, b) => compareText(a.name, b.name));

const withVersion = (configuration: BGPConfiguration, { knowsAggregation }: Behaviour): BGPConfiguration =>
  knowsAggregation ? configuration : { ...configuration, aggregation: true };

function versionIn(objects: readonly Raw[]): CalicoVersion | null {
  const information = objects.find(
    (raw) => raw['kind'] === 'ClusterInformation' && nameOf(raw) === 'default',
  );
  return information === undefined ? null : parseVersion(textOf(specOf(information)['calicoVersion']));
}

function grouped(slices: readonly CalicoSlice[]): ReadonlyMap<string, readonly CalicoSlice[]> {
  const byService = new Map<string, CalicoSlice[]>();
  for (const slice of slices) {
    if (slice.service === null) continue;
    const several = byService.get(slice.service);
    if (several === undefined) byService.set(slice.service, [slice]);
    else several.push(slice);
  }
  return byService;
}

function secretValues(raw: Raw): ReadonlyMap<string, string> {
  const values = new Map(Object.entries(mapOf(raw['data'])).map(([key, text]) => [key, decoded(text)]));
  for (const [key, text] of Object.entries(mapOf(fieldsOf(raw)['stringData']))) values.set(key, text);
  return values;
}

/** Base64, as the API server keeps it. */
function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}
