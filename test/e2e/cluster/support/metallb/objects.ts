/** The objects of MetalLB's manifests, as far as a migration meets them, with stand-ins for its programs. */
import { readFileSync } from 'node:fs';
import { conversion, webhookConfiguration } from '../../../../cli/support/metallb-objects.ts';
import type { CertificateFiles } from '../../../../support/cluster/certificates.ts';
import { NAMESPACE } from '../berth-cluster.ts';
import { CONTROLLER_IMAGE, SPEAKER_IMAGE, type SpeakerProtocol } from './images.ts';

export const WEBHOOK_SERVICE = 'metallb-webhook-service';
const WEBHOOK_PORT = 9443;

const labels = (component: string) => ({ app: 'metallb', component });
const named = (name: string, component: string) => ({
  ...{ name, namespace: NAMESPACE },
  labels: labels(component),
});

/** All of them but the webhooks, which are installed when their server is ready. */
export const metallbObjects = (
  { certificate, key }: CertificateFiles,
  protocol: SpeakerProtocol,
): readonly object[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: PRIVILEGED } },
  ...account('controller', [
    rule('', ['services', 'namespaces', 'secrets'], ['get', 'list', 'create', 'patch']),
    rule('', ['services/status'], ['patch']),
    rule('apps', ['deployments', 'deployments/finalizers'], ['get', 'update']),
    rule('metallb.io', ['ipaddresspools'], ['list']),
  ]),
  ...account('speaker', [
    rule('', ['services', 'nodes', 'namespaces', 'pods', 'secrets', 'configmaps'], ['get', 'list', 'watch']),
    rule('discovery.k8s.io', ['endpointslices'], ['list', 'watch']),
    rule('metallb.io', ['*'], ['get', 'list', 'watch']),
    rule('', ['events'], ['create', 'patch']),
    rule('metallb.io', ['servicel2statuses'], ['create', 'delete']),
    rule('metallb.io', ['servicel2statuses/status'], ['patch']),
  ]),
  {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: named('webhook-server-cert', 'controller') },
    stringData: { 'tls.crt': readFileSync(certificate, 'utf8'), 'tls.key': readFileSync(key, 'utf8') },
  },
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: named(WEBHOOK_SERVICE, 'controller') },
    spec: { selector: labels('controller'), ports: [{ port: 443, targetPort: WEBHOOK_PORT }] },
  },
  controller(),
  speaker(protocol),
];

/** `ca` is PEM in base64. */
export const metallbWebhooks = (ca: string): object => webhookConfiguration(NAMESPACE, ca);

export const conversionPatch = (ca: string): string =>
  JSON.stringify({ spec: { conversion: conversion(NAMESPACE, ca) } });

const PRIVILEGED = { 'pod-security.kubernetes.io/enforce': 'privileged' };

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]) => ({
  ...{ apiGroups: [apiGroup], resources, verbs },
});

function account(name: string, rules: readonly object[]): readonly object[] {
  const role = `metallb-system:${name}`;
  const subject = { kind: 'ServiceAccount', name, namespace: NAMESPACE };
  const rbac = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: named(name, name) },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: role }, rules },
    {
      ...{ apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name: role } },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
      subjects: [subject],
    },
  ];
}

const controller = () => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: named('controller', 'controller') },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels('controller') },
    template: {
      metadata: { labels: labels('controller') },
      spec: {
        serviceAccountName: 'controller',
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'controller',
            image: CONTROLLER_IMAGE,
            readinessProbe: { tcpSocket: { port: WEBHOOK_PORT }, periodSeconds: 1 },
            volumeMounts: [{ name: 'cert', mountPath: '/certs', readOnly: true }],
          },
        ],
        volumes: [{ name: 'cert', secret: { secretName: 'webhook-server-cert' } }],
      },
    },
  },
});

const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/** What of a speaker's container depends on how it announces. Ports are not those of Berth's, which runs on other nodes at the same time. */
const CONTAINERS: Readonly<Record<SpeakerProtocol, object>> = {
  bgp: { args: ['speaker', '--port=7472', '--health-probe-port=17572', '--view-port=0'] },
  layer2: { securityContext: { runAsUser: 0, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } } },
};

const speaker = (protocol: SpeakerProtocol) => ({
  ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: named('speaker', 'speaker') },
  spec: {
    selector: { matchLabels: labels('speaker') },
    template: {
      metadata: { labels: labels('speaker') },
      spec: {
        serviceAccountName: 'speaker',
        hostNetwork: true,
        // MetalLB's own is 2. A busy machine would kill the stand-in before it has taken its addresses off the node.
        terminationGracePeriodSeconds: 20,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: 'speaker',
            image: SPEAKER_IMAGE,
            env: [
              field('METALLB_NODE_NAME', 'spec.nodeName'),
              field('METALLB_POD_NAME', 'metadata.name'),
              field('METALLB_NAMESPACE', 'metadata.namespace'),
            ],
            ...CONTAINERS[protocol],
          },
        ],
      },
    },
  },
});
