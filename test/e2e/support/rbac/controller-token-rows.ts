/** What the controller's token, and that of a person who reads the view port, can and cannot do with `deploy/policies`. */
import { NAMESPACE } from '../../../controller/support/rig.ts';
import {
  CORE,
  condition,
  event,
  fillSecret,
  METALLB,
  metallb,
  patch,
  proxied,
  type TokenRequestRow,
} from './token-requests.ts';

export const CONTROLLER_ROWS: readonly TokenRequestRow[] = [
  [
    'writes addresses, its condition and its annotation',
    'controller',
    patch({
      metadata: { annotations: { 'metallb.io/ip-allocated-from-pool': 'first' } },
      status: {
        loadBalancer: { ingress: [{ ip: '192.0.2.1' }] },
        conditions: [condition('berth.dev/Assigned')],
      },
    }),
    200,
  ],
  [
    'takes them off again',
    'controller',
    patch({
      metadata: { annotations: { 'metallb.io/ip-allocated-from-pool': null } },
      status: {
        loadBalancer: { ingress: null },
        conditions: [{ $patch: 'delete', type: 'berth.dev/Assigned' }],
      },
    }),
    200,
  ],
  [
    'does not change a label',
    'controller',
    patch({ metadata: { labels: { team: 'b' } } }),
    403,
    /may not change labels, finalizers or owners/,
  ],
  [
    'does not remove all labels',
    'controller',
    patch({ metadata: { labels: null } }),
    403,
    /may not change labels, finalizers or owners/,
  ],
  [
    'adds no finalizer',
    'controller',
    patch({ metadata: { finalizers: ['a.example/b'] } }),
    403,
    /may not change labels, finalizers or owners/,
  ],
  [
    'adds no owner, with which the Service would be deleted',
    'controller',
    patch({ metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'a' }] } }),
    403,
    /may not change labels, finalizers or owners/,
  ],
  [
    'adds no annotation of others',
    'controller',
    patch({ metadata: { annotations: { 'external-dns.alpha.kubernetes.io/hostname': 'bank.example' } } }),
    403,
    /only the annotation metallb\.io\/ip-allocated-from-pool/,
  ],
  [
    'changes no annotation of others',
    'controller',
    patch({ metadata: { annotations: { note: 'changed' } } }),
    403,
    /only the annotation metallb\.io\/ip-allocated-from-pool/,
  ],
  [
    'removes no annotation of others',
    'controller',
    patch({ metadata: { annotations: { note: null } } }),
    403,
    /only the annotation metallb\.io\/ip-allocated-from-pool/,
  ],
  [
    'writes no condition of others',
    'controller',
    patch({ status: { conditions: [condition('example.com/Ready')] } }),
    403,
    /only conditions of berth\.dev/,
  ],
  [
    'sets no name instead of an address',
    'controller',
    patch({ status: { loadBalancer: { ingress: [{ hostname: 'bank.example' }] } } }),
    403,
    /addresses only, no names and no ports/,
  ],
  [
    'does not change the spec: the API server ignores that',
    'controller',
    patch({ spec: { externalIPs: ['192.0.2.9'] } }),
    200,
  ],
  [
    'sends no events in the name of others',
    'controller',
    ['POST', `${CORE}/events`, event('forged2', 'kubelet')],
    403,
    /events of metallb-controller only/,
  ],
  [
    'makes no other Lease',
    'controller',
    ['POST', `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`, { metadata: { name: 'other' } }],
    403,
    /the Lease berth-controller only/,
  ],
  [
    'makes no ConfigurationState of a speaker',
    'controller',
    ['POST', `${METALLB}/configurationstates`, metallb('ConfigurationState', { name: 'speaker-w3' })],
    403,
    /the ConfigurationState controller only/,
  ],
  [
    'makes no ConfigMap',
    'controller',
    ['POST', `${CORE}/configmaps`, { metadata: { name: 'berth-migration' } }],
    403,
    /cannot create resource "configmaps"/,
  ],
  ['fills the Secret of the speakers', 'controller', fillSecret('memberlist'), 200],
  [
    'does not change it afterwards',
    'controller',
    ['PATCH', `${CORE}/secrets/memberlist`, { data: { secretkey: 'YQ==' } }],
    403,
    /fill the Secret memberlist only, and only while it is empty/,
  ],
  [
    'does not read it by a patch that changes nothing',
    'controller',
    ['PATCH', `${CORE}/secrets/memberlist`, {}],
    403,
    /fill the Secret memberlist only, and only while it is empty/,
  ],
  ['fills no other Secret', 'controller', fillSecret('other'), 403, /cannot patch resource "secrets"/],
  [
    'makes no Secret',
    'controller',
    ['POST', `${CORE}/secrets`, { metadata: { name: 'berth-migration' }, stringData: {} }],
    403,
    /cannot create resource "secrets"/,
  ],
  [
    'reads no Secret',
    'controller',
    ['GET', `${CORE}/secrets/berth-migration`],
    403,
    /cannot get resource "secrets"/,
  ],
];

const REFUSED = /only port 17473 of the Pods berth-speaker/;

/** The Pods have no address: where the policy has nothing against it, the API server says so. */
export const READER_ROWS: readonly TokenRequestRow[] = [
  ['reaches the view port of a speaker', 'reader', proxied('http:berth-speaker-w1:17473'), 400],
  ['does not reach the kubelet', 'reader', proxied('https:berth-speaker-w1:10250'), 403, REFUSED],
  ['does not reach another port', 'reader', proxied('http:berth-speaker-w1:80'), 403, REFUSED],
  ['does not reach the first port', 'reader', proxied('berth-speaker-w1'), 403, REFUSED],
  ['does not reach another Pod', 'reader', proxied('http:metallb-speaker-x:17473'), 403, REFUSED],
];
