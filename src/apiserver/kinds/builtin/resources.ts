/** The built-in resources: those that need no CRD. */

import { builtinResource } from '../builtin-resource.ts';
import { crdResource } from '../crd.ts';
import type { ResourceStrategy, ServedResource } from '../served-resource.ts';
import type { ClusterIpAllocator } from '../service/cluster-ip-allocator.ts';
import { prepareService } from '../service/prepare.ts';
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
    }),
    builtinResource({
      ...core,
      kind: 'Secret',
      plural: 'secrets',
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
      selectableFields: { 'spec.unschedulable': 'false' },
    }),
    builtinResource({
      ...core,
      kind: 'Pod',
      plural: 'pods',
      extraSubresources: ['eviction'],
      shortNames: ['po'],
      categories: ['all'],
      hasStatus: true,
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
    }),
  ];
}

function groupResources(): readonly ServedResource[] {
  const apps = { group: 'apps', version: 'v1', hasStatus: true, hasGeneration: true, categories: ['all'] };
  const scaled = { ...apps, extraSubresources: ['scale'] as const };
  return [
    builtinResource({ ...scaled, kind: 'Deployment', plural: 'deployments', shortNames: ['deploy'] }),
    builtinResource({ ...scaled, kind: 'ReplicaSet', plural: 'replicasets', shortNames: ['rs'] }),
    builtinResource({ ...apps, kind: 'DaemonSet', plural: 'daemonsets', shortNames: ['ds'] }),
    builtinResource({ ...scaled, kind: 'StatefulSet', plural: 'statefulsets', shortNames: ['sts'] }),
    builtinResource({
      group: 'coordination.k8s.io',
      version: 'v1',
      kind: 'Lease',
      plural: 'leases',
      allowUnconditionalUpdate: false,
      allowCreateOnUpdate: true,
    }),
    builtinResource({
      group: 'discovery.k8s.io',
      version: 'v1',
      kind: 'EndpointSlice',
      plural: 'endpointslices',
      hasGeneration: true,
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
    }),
    builtinResource({
      group: 'networking.k8s.io',
      version: 'v1',
      kind: 'NetworkPolicy',
      plural: 'networkpolicies',
      shortNames: ['netpol'],
      hasGeneration: true,
    }),
    builtinResource({
      group: 'policy',
      version: 'v1',
      kind: 'PodDisruptionBudget',
      plural: 'poddisruptionbudgets',
      shortNames: ['pdb'],
      hasStatus: true,
      hasGeneration: true,
    }),
    ...rbacResources(),
    crdResource(builtinResource),
  ];
}

function rbacResources(): readonly ServedResource[] {
  const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', nameRule: 'path' as const };
  return [
    builtinResource({ ...rbac, kind: 'Role', plural: 'roles' }),
    builtinResource({ ...rbac, kind: 'RoleBinding', plural: 'rolebindings' }),
    builtinResource({
      ...rbac,
      kind: 'ClusterRole',
      plural: 'clusterroles',
      namespaced: false,
    }),
    builtinResource({
      ...rbac,
      kind: 'ClusterRoleBinding',
      plural: 'clusterrolebindings',
      namespaced: false,
    }),
  ];
}
