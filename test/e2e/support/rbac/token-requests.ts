/** Requests by which tests find out what a token can do, and the form of their rows. */
import { type AnyObject, NAMESPACE } from '../../../controller/support/rig.ts';

export const OWN = `/apis/berth.dev/v1alpha1/namespaces/${NAMESPACE}`;
export const METALLB = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}`;
export const CORE = `/api/v1/namespaces/${NAMESPACE}`;
export const SERVICE = '/api/v1/namespaces/default/services/web';
const JSON_PATCH = 'application/json-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';

/** Who asks, and the answer: the status, and what its message says. */
export type TokenRequestRow = readonly [
  title: string,
  as: string,
  request: readonly [method: string, path: string, body?: AnyObject, type?: string],
  status: number,
  says?: RegExp,
];

export const speakerStatus = (name: string): AnyObject => ({
  ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus', metadata: { name } },
});

export const metallb = (kind: string, metadata: AnyObject): AnyObject => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind, metadata },
});

export const bgpStatus = (name: string, node: string): AnyObject =>
  metallb('ServiceBGPStatus', { name, labels: { 'metallb.io/node': node } });

export const l2Status = (name: string, node: string): AnyObject => ({
  ...metallb('ServiceL2Status', { name, labels: { 'metallb.io/node': node } }),
  spec: {},
});

export const event = (name: string, component: string): AnyObject => ({
  metadata: { name },
  involvedObject: { kind: 'Service', namespace: NAMESPACE, name: 'web' },
  ...{ reason: 'nodeAssigned', message: 'announcing', type: 'Normal', source: { component } },
});

export const condition = (type: string): AnyObject => ({
  ...{ type, status: 'True', reason: 'One', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
});

/** A patch of the status of a Service. */
export const patch = (body: AnyObject): readonly [string, string, AnyObject, string] => [
  ...(['PATCH', `${SERVICE}/status`, body, STRATEGIC] as const),
];

/** What the controller does with the Secret of the speakers. */
export const fillSecret = (name: string): readonly [string, string, AnyObject, string] => [
  ...(['PATCH', `${CORE}/secrets/${name}`] as const),
  [
    { op: 'test', path: '/data', value: null },
    { op: 'add', path: '/data', value: { secretkey: 'YQ==' } },
  ],
  JSON_PATCH,
];

export const proxied = (pod: string): readonly [string, string] => ['GET', `${CORE}/pods/${pod}/proxy/peers`];
