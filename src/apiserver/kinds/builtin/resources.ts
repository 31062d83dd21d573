/** The built-in resources: those that need no CRD. */

import {
  anyObject,
  atomicList,
  bool,
  conditionSchema,
  int32,
  int64,
  kubeObject,
  labelSelector,
  mapList,
  mapSchema,
  objectOf,
  objectReference,
  text,
  time,
} from '../../schema/builders.ts';
import { builtinResource } from '../builtin-resource.ts';
import { crdResource } from '../crd.ts';
import type { ResourceStrategy, ServedResource } from '../served-resource.ts';
import type { ClusterIpAllocator } from '../service/cluster-ip-allocator.ts';
import { prepareService } from '../service/prepare.ts';
import { serviceSchema } from '../service/schema.ts';
import { validateService } from '../service/validate.ts';
import {
  defaultEndpointSlice,
  defaultPod,
  defaultSecret,
  eventResource,
  namespaceResource,
  reviewResources,
} from './core.ts';

export function builtinResources(allocator: ClusterIpAllocator): readonly ServedResource[] {
  return [...coreResources(allocator), ...groupResources(), ...reviewResources(builtinResource)];
}

function coreResources(allocator: ClusterIpAllocator): readonly ServedResource[] {
  const core = { group: '', version: 'v1' };
  const serviceStrategy: ResourceStrategy = {
    prepare: prepareService,
    validate: validateService,
    allocate: (proposed) => allocator.allocate(proposed),
  };
  return [
    builtinResource({
      ...core,
      kind: 'Service',
      plural: 'services',
      shortNames: ['svc'],
      categories: ['all'],
      schema: serviceSchema,
      hasStatus: true,
      allowCreateOnUpdate: true,
      nameRule: 'label1035',
      selectableFields: { 'spec.type': '', 'spec.clusterIP': '' },
      strategy: serviceStrategy,
    }),
    namespaceResource(builtinResource),
    eventResource(builtinResource, core),
    builtinResource({
      ...core,
      kind: 'ConfigMap',
      plural: 'configmaps',
      shortNames: ['cm'],
      schema: kubeObject({ data: mapSchema(text), binaryData: mapSchema(text), immutable: bool }),
    }),
    builtinResource({
      ...core,
      kind: 'Secret',
      plural: 'secrets',
      schema: kubeObject({
        data: mapSchema(text),
        stringData: mapSchema(text),
        immutable: bool,
        type: text,
      }),
      selectableFields: { type: '' },
      strategy: { prepare: ({ object }) => defaultSecret(object) },
    }),
    builtinResource({
      ...core,
      kind: 'Node',
      plural: 'nodes',
      shortNames: ['no'],
      namespaced: false,
      hasStatus: true,
      statusOnCreate: true,
      schema: kubeObject({ spec: anyObject, status: nodeStatusSchema }),
      selectableFields: { 'spec.unschedulable': 'false' },
    }),
    builtinResource({
      ...core,
      kind: 'Pod',
      plural: 'pods',
      shortNames: ['po'],
      categories: ['all'],
      hasStatus: true,
      schema: kubeObject({
        spec: anyObject,
        status: { ...anyObject, properties: { conditions: mapList('type', anyObject) } },
      }),
      selectableFields: {
        'status.phase': '',
        'spec.nodeName': '',
        'status.podIP': '',
        'spec.serviceAccountName': '',
      },
      strategy: { prepare: ({ object }) => defaultPod(object) },
    }),
    builtinResource({
      ...core,
      kind: 'ServiceAccount',
      plural: 'serviceaccounts',
      shortNames: ['sa'],
      schema: kubeObject({
        secrets: mapList('name', objectReference),
        imagePullSecrets: mapList('name', objectOf({ name: text })),
        automountServiceAccountToken: bool,
      }),
    }),
  ];
}

const nodeStatusSchema = {
  ...anyObject,
  properties: {
    conditions: mapList('type', {
      ...conditionSchema,
      properties: { ...conditionSchema.properties, lastHeartbeatTime: time },
    }),
    addresses: mapList('type', objectOf({ type: text, address: text }), ['type', 'address']),
  },
};

function groupResources(): readonly ServedResource[] {
  const apps = { group: 'apps', version: 'v1', hasStatus: true, hasGeneration: true, categories: ['all'] };
  return [
    builtinResource({ ...apps, kind: 'Deployment', plural: 'deployments', shortNames: ['deploy'] }),
    builtinResource({ ...apps, kind: 'ReplicaSet', plural: 'replicasets', shortNames: ['rs'] }),
    builtinResource({ ...apps, kind: 'DaemonSet', plural: 'daemonsets', shortNames: ['ds'] }),
    builtinResource({
      group: 'coordination.k8s.io',
      version: 'v1',
      kind: 'Lease',
      plural: 'leases',
      allowUnconditionalUpdate: false,
      allowCreateOnUpdate: true,
      schema: kubeObject({ spec: leaseSpecSchema }),
    }),
    builtinResource({
      group: 'discovery.k8s.io',
      version: 'v1',
      kind: 'EndpointSlice',
      plural: 'endpointslices',
      hasGeneration: true,
      schema: kubeObject({
        addressType: text,
        endpoints: atomicList(anyObject),
        ports: atomicList(objectOf({ name: text, protocol: text, port: int32, appProtocol: text })),
      }),
      strategy: { prepare: ({ object }) => defaultEndpointSlice(object) },
    }),
    builtinResource({
      group: 'admissionregistration.k8s.io',
      version: 'v1',
      kind: 'ValidatingWebhookConfiguration',
      plural: 'validatingwebhookconfigurations',
      categories: ['api-extensions'],
      namespaced: false,
      hasGeneration: true,
      schema: kubeObject({ webhooks: mapList('name', { ...anyObject, properties: { name: text } }) }),
    }),
    builtinResource({
      group: 'policy',
      version: 'v1',
      kind: 'PodDisruptionBudget',
      plural: 'poddisruptionbudgets',
      shortNames: ['pdb'],
      hasStatus: true,
      hasGeneration: true,
      schema: kubeObject({
        spec: { ...anyObject, properties: { selector: labelSelector } },
        status: anyObject,
      }),
    }),
    ...rbacResources(),
    crdResource(builtinResource),
  ];
}

function rbacResources(): readonly ServedResource[] {
  const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', nameRule: 'path' as const };
  const rules = atomicList(
    objectOf({
      apiGroups: atomicList(text),
      resources: atomicList(text),
      verbs: atomicList(text),
      resourceNames: atomicList(text),
      nonResourceURLs: atomicList(text),
    }),
  );
  const binding = kubeObject({
    subjects: atomicList(objectOf({ kind: text, apiGroup: text, name: text, namespace: text })),
    roleRef: objectOf({ apiGroup: text, kind: text, name: text }),
  });
  return [
    builtinResource({ ...rbac, kind: 'Role', plural: 'roles', schema: kubeObject({ rules }) }),
    builtinResource({ ...rbac, kind: 'RoleBinding', plural: 'rolebindings', schema: binding }),
    builtinResource({
      ...rbac,
      kind: 'ClusterRole',
      plural: 'clusterroles',
      namespaced: false,
      schema: kubeObject({ rules, aggregationRule: anyObject }),
    }),
    builtinResource({
      ...rbac,
      kind: 'ClusterRoleBinding',
      plural: 'clusterrolebindings',
      namespaced: false,
      schema: binding,
    }),
  ];
}

const leaseSpecSchema = objectOf({
  holderIdentity: text,
  leaseDurationSeconds: int32,
  acquireTime: time,
  renewTime: time,
  leaseTransitions: int64,
  strategy: text,
  preferredHolder: text,
});
