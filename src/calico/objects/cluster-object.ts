/**
 * Objects of a cluster in the form that the model takes. Kinds of Kubernetes and Berth's pools come decoded; all other kinds
 * come raw, since each of them is read in one place only. All of it is plain data, which a thread can be sent.
 */
import type { Raw } from '../../base/json.ts';
import { type Pool, readAddressPool } from '../../config/pool/pool.ts';
import { decodeEndpointSlice } from '../../objects/endpoint-slice.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import { decodeNode } from '../../objects/node.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { decodeService } from '../../objects/service.ts';
import { decodeCalicoctlNode, isCalicoctlNode, mergeCalicoctlNode } from './calicoctl-node.ts';
import type { CalicoNodeFields } from './nodes.ts';
import type { CalicoServiceFields, CalicoSlice } from './services.ts';

export type ClusterObject =
  | { readonly type: 'service'; readonly service: CalicoServiceFields }
  | { readonly type: 'slice'; readonly slice: CalicoSlice }
  | { readonly type: 'node'; readonly node: CalicoNodeFields }
  /** `pool` is null where it is invalid, other than by unusable addresses. */
  | { readonly type: 'pool'; readonly namespace: string; readonly name: string; readonly pool: Pool | null }
  | { readonly type: 'raw'; readonly raw: Raw };

/** Null for an object without a name, where its kind needs one. */
export function decodeClusterObject(raw: Raw): ClusterObject | null {
  switch (resourceKind(raw)) {
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
        ...{ namespace: namespaceOf(raw), name: nameOf(raw), pool: readAddressPool(raw).usable },
      };
    default:
      return { type: 'raw', raw };
  }
}

/** As above for many objects. Nodes in calicoctl's form add to the Node of their name, or take the place of a missing one. */
export function decodeClusterObjects(raws: readonly Raw[]): readonly ClusterObject[] {
  const calicoNodes = new Map(
    raws
      .filter(isCalicoctlNode)
      .map(decodeCalicoctlNode)
      .map((node) => [node.name, node]),
  );
  const objects = raws
    .filter((raw) => !isCalicoctlNode(raw))
    .flatMap((raw): readonly ClusterObject[] => {
      const object = decodeClusterObject(raw);
      if (object?.type !== 'node') return object === null ? [] : [object];
      const added = calicoNodes.get(object.node.name);
      calicoNodes.delete(object.node.name);
      return [added === undefined ? object : { type: 'node', node: mergeCalicoctlNode(object.node, added) }];
    });
  return [...objects, ...[...calicoNodes.values()].map((node) => ({ type: 'node', node }) as const)];
}

/** Equal for two versions of one object, and different for any two objects. */
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
      return `${resourceKind(object.raw)} ${namespaceOf(object.raw)}/${nameOf(object.raw)}`;
  }
}

const KINDS = { service: 'Service', slice: 'EndpointSlice', node: 'Node', pool: 'IPAddressPool' } as const;

/** The kind as `resourceKind` names it. */
export const clusterObjectKind = (object: ClusterObject): string =>
  object.type === 'raw' ? resourceKind(object.raw) : KINDS[object.type];
