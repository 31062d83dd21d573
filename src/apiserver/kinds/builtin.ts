/** The kinds that are there without a CRD. */

import {
  condition,
  dictionary,
  flag,
  int32,
  int64,
  keyed,
  kubeObject,
  labelSelector,
  list,
  objectReference,
  open,
  record,
  text,
  time,
} from '../schema/shape.ts';
import { coreEvent, coreNamespace, podDefaults, reviews, secretDefaults, sliceDefaults } from './core.ts';
import { customResourceDefinition } from './crd.ts';
import { builtin } from './make.ts';
import type { Resource, Rules } from './resource.ts';
import { prepareService } from './servicechange.ts';
import { validateService } from './servicecheck.ts';
import type { ServiceNetwork } from './servicenetwork.ts';
import { serviceSchema } from './serviceshape.ts';

export function builtinResources(network: ServiceNetwork): readonly Resource[] {
  return [...coreResources(network), ...groupResources(), ...reviews(builtin)];
}

function coreResources(network: ServiceNetwork): readonly Resource[] {
  const core = { group: '', version: 'v1' };
  const serviceRules: Rules = {
    prepare: prepareService,
    validate: validateService,
    allocate: (draft) => network.allocate(draft),
  };
  return [
    builtin({
      ...core,
      kind: 'Service',
      plural: 'services',
      shortNames: ['svc'],
      categories: ['all'],
      schema: serviceSchema,
      hasStatus: true,
      createOnUpdate: true,
      nameRule: 'label1035',
      selectable: { 'spec.type': '', 'spec.clusterIP': '' },
      rules: serviceRules,
    }),
    coreNamespace(builtin),
    coreEvent(builtin, core),
    builtin({
      ...core,
      kind: 'ConfigMap',
      plural: 'configmaps',
      shortNames: ['cm'],
      schema: kubeObject({ data: dictionary(text), binaryData: dictionary(text), immutable: flag }),
    }),
    builtin({
      ...core,
      kind: 'Secret',
      plural: 'secrets',
      schema: kubeObject({
        data: dictionary(text),
        stringData: dictionary(text),
        immutable: flag,
        type: text,
      }),
      selectable: { type: '' },
      rules: { prepare: ({ object }) => secretDefaults(object) },
    }),
    builtin({
      ...core,
      kind: 'Node',
      plural: 'nodes',
      shortNames: ['no'],
      namespaced: false,
      hasStatus: true,
      statusOnCreate: true,
      schema: kubeObject({ spec: open, status: nodeStatus }),
      selectable: { 'spec.unschedulable': 'false' },
    }),
    builtin({
      ...core,
      kind: 'Pod',
      plural: 'pods',
      shortNames: ['po'],
      categories: ['all'],
      hasStatus: true,
      schema: kubeObject({
        spec: open,
        status: { ...open, properties: { conditions: keyed('type', open) } },
      }),
      selectable: {
        'status.phase': '',
        'spec.nodeName': '',
        'status.podIP': '',
        'spec.serviceAccountName': '',
      },
      rules: { prepare: ({ object }) => podDefaults(object) },
    }),
    builtin({
      ...core,
      kind: 'ServiceAccount',
      plural: 'serviceaccounts',
      shortNames: ['sa'],
      schema: kubeObject({
        secrets: keyed('name', objectReference),
        imagePullSecrets: keyed('name', record({ name: text })),
        automountServiceAccountToken: flag,
      }),
    }),
  ];
}

const nodeStatus = {
  ...open,
  properties: {
    conditions: keyed('type', {
      ...condition,
      properties: { ...condition.properties, lastHeartbeatTime: time },
    }),
    addresses: keyed('type', record({ type: text, address: text }), ['type', 'address']),
  },
};

function groupResources(): readonly Resource[] {
  const apps = { group: 'apps', version: 'v1', hasStatus: true, counted: true, categories: ['all'] };
  return [
    builtin({ ...apps, kind: 'Deployment', plural: 'deployments', shortNames: ['deploy'] }),
    builtin({ ...apps, kind: 'ReplicaSet', plural: 'replicasets', shortNames: ['rs'] }),
    builtin({ ...apps, kind: 'DaemonSet', plural: 'daemonsets', shortNames: ['ds'] }),
    builtin({
      group: 'coordination.k8s.io',
      version: 'v1',
      kind: 'Lease',
      plural: 'leases',
      blindUpdate: false,
      createOnUpdate: true,
      schema: kubeObject({ spec: leaseSpec }),
    }),
    builtin({
      group: 'discovery.k8s.io',
      version: 'v1',
      kind: 'EndpointSlice',
      plural: 'endpointslices',
      counted: true,
      schema: kubeObject({
        addressType: text,
        endpoints: list(open),
        ports: list(record({ name: text, protocol: text, port: int32, appProtocol: text })),
      }),
      rules: { prepare: ({ object }) => sliceDefaults(object) },
    }),
    builtin({
      group: 'admissionregistration.k8s.io',
      version: 'v1',
      kind: 'ValidatingWebhookConfiguration',
      plural: 'validatingwebhookconfigurations',
      categories: ['api-extensions'],
      namespaced: false,
      counted: true,
      schema: kubeObject({ webhooks: keyed('name', { ...open, properties: { name: text } }) }),
    }),
    builtin({
      group: 'policy',
      version: 'v1',
      kind: 'PodDisruptionBudget',
      plural: 'poddisruptionbudgets',
      shortNames: ['pdb'],
      hasStatus: true,
      counted: true,
      schema: kubeObject({ spec: { ...open, properties: { selector: labelSelector } }, status: open }),
    }),
    ...rbacResources(),
    customResourceDefinition(builtin),
  ];
}

function rbacResources(): readonly Resource[] {
  const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', nameRule: 'path' as const };
  const rules = list(
    record({
      apiGroups: list(text),
      resources: list(text),
      verbs: list(text),
      resourceNames: list(text),
      nonResourceURLs: list(text),
    }),
  );
  const binding = kubeObject({
    subjects: list(record({ kind: text, apiGroup: text, name: text, namespace: text })),
    roleRef: record({ apiGroup: text, kind: text, name: text }),
  });
  return [
    builtin({ ...rbac, kind: 'Role', plural: 'roles', schema: kubeObject({ rules }) }),
    builtin({ ...rbac, kind: 'RoleBinding', plural: 'rolebindings', schema: binding }),
    builtin({
      ...rbac,
      kind: 'ClusterRole',
      plural: 'clusterroles',
      namespaced: false,
      schema: kubeObject({ rules, aggregationRule: open }),
    }),
    builtin({
      ...rbac,
      kind: 'ClusterRoleBinding',
      plural: 'clusterrolebindings',
      namespaced: false,
      schema: binding,
    }),
  ];
}

const leaseSpec = record({
  holderIdentity: text,
  leaseDurationSeconds: int32,
  acquireTime: time,
  renewTime: time,
  leaseTransitions: int64,
  strategy: text,
  preferredHolder: text,
});
