/**
 * Objects of a cluster in the form that the model takes. Kinds of Kubernetes and Berth's pools come decoded; all other kinds
 * come raw, since each of them is read in one place only. All of it is plain data, which a thread can be sent.
 */
import { type Raw, textOf } from '../../base/json.ts';
import { type Pool, readAddressPool } from '../../config/pool/pool.ts';
import { decodeEndpointSlice } from '../../objects/endpoint-slice.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import { decodeNode } from '../../objects/node.ts';
import { decodeService } from '../../objects/service.ts';
import type { CalicoNodeFields } from './nodes.ts';
import type { CalicoServiceFields, CalicoSlice } from './services.ts';

export type ClusterObject =
  | { readonly type: 'service'; readonly service: CalicoServiceFields }
  | { readonly type: 'slice'; readonly slice: CalicoSlice }
  | { readonly type: 'node'; readonly node: CalicoNodeFields }
  /** `pool` is null where it is invalid. */
  | { readonly type: 'pool'; readonly namespace: string; readonly name: string; readonly pool: Pool | null }
  | { readonly type: 'raw'; readonly raw: Raw };

/** Null for an object without a name, where its kind needs one. */
export function decodeClusterObject(raw: Raw): ClusterObject | null {
  switch (raw['kind']) {
    case 'Service': {
      const service = decodeService(raw);
      return service === null ? null : { type: 'service', service };
    }
    case 'EndpointSlice': {
      const slice = decodeEndpointSlice(raw);
      return slice === null ? null : { type: 'slice', slice };
    }
    case 'Node':
      return { type: 'node', node: decodeNode(raw) };
    case 'IPAddressPool':
      return {
        type: 'pool',
        ...{ namespace: namespaceOf(raw), name: nameOf(raw), pool: readAddressPool(raw).pool },
      };
    default:
      return { type: 'raw', raw };
  }
}

export const decodeClusterObjects = (raws: readonly Raw[]): readonly ClusterObject[] =>
  raws.flatMap((raw) => decodeClusterObject(raw) ?? []);

/** The same for two versions of one object, and different for any two objects. */
export function clusterObjectKey(object: ClusterObject): string {
  switch (object.type) {
    case 'service':
      return `Service ${object.service.key}`;
    case 'slice':
      return `EndpointSlice ${object.slice.namespace}/${object.slice.name}`;
    case 'node':
      return `Node /${object.node.name}`;
    case 'pool':
      return `IPAddressPool ${object.namespace}/${object.name}`;
    case 'raw':
      return `${textOf(object.raw['kind'])} ${namespaceOf(object.raw)}/${nameOf(object.raw)}`;
  }
}

const KINDS = { service: 'Service', slice: 'EndpointSlice', node: 'Node', pool: 'IPAddressPool' } as const;

/** The kind as the API names it. */
export const clusterObjectKind = (object: ClusterObject): string =>
  object.type === 'raw' ? textOf(object.raw['kind']) : KINDS[object.type];
