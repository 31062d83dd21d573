/**
 * Every edit of a request, with what the Service keeps and what it gives up. docs/conditions.md has the same table, and a
 * test holds the two together.
 */
import type { Service } from '../../../src/objects/service.ts';
import { type ClusterSetup, pool, type ServiceOverrides, service } from './test-cluster.ts';

export type RequestEdit = {
  /** As in the first cell of the table. */
  readonly edit: string;
  readonly setup: Omit<ClusterSetup, 'services'> & { readonly others?: readonly Service[] };
  readonly overrides?: ServiceOverrides;
  /** The edit itself. */
  readonly change: Partial<Service>;
  /** What the Service has then: see `TestCluster.statusOf`. It had the addresses of `before`. */
  readonly before?: string;
  readonly after: string;
  /** With `--unmet-requests=release`. */
  readonly released: string;
};

const WEB = pool('web', ['10.0.0.0/30']);
const OTHER = pool('other', ['10.9.0.0/30']);
const ONE = pool('one', ['10.8.0.0/32'], { autoAssign: false });
const DUAL = pool('dual', ['10.1.0.0/30', 'fd01::/126']);
const BOTH: Partial<Service> = { clusterIPs: ['10.96.0.1', 'fd96::1'] };

const requests = (values: Readonly<Record<string, string>>, from = 'web'): Partial<Service> => ({
  annotations: {
    ...Object.fromEntries(Object.entries(values).map(([key, value]) => [`metallb.io/${key}`, value])),
    'metallb.io/ip-allocated-from-pool': from,
  },
});
const requestsPool = (name: string): Partial<Service> => requests({ 'address-pool': name });
const requestsAddress = (text: string): Partial<Service> => requests({ loadBalancerIPs: text });

const SHARED: ServiceOverrides = { requests: { 'allow-shared-ip': 'k' } };
const sharer = (): Service => service('x', { ...SHARED, tcpPorts: [443] });
/** A pool with one address, so that there is no other one. */
const SINGLE = pool('web', ['10.0.0.0/32']);
const holderOf = (text: string): Service => service('holder', requestsAddress(text));

export const REQUEST_EDITS: readonly RequestEdit[] = [
  {
    edit: 'The pool annotation names a pool that does not exist.',
    ...{ setup: { pools: [WEB] }, change: requestsPool('wbe') },
    ...{ after: 'UnknownPool 10.0.0.0', released: 'UnknownPool' },
  },
  {
    edit: 'It names a pool without a free address.',
    setup: { pools: [WEB, ONE], others: [service('x', { requests: { 'address-pool': 'one' } })] },
    ...{ change: requestsPool('one'), after: 'PoolExhausted 10.0.0.0', released: 'PoolExhausted' },
  },
  {
    edit: 'It names a pool whose `serviceAllocation` excludes the Service.',
    setup: {
      pools: [WEB, pool('shop', ['10.4.0.0/30'], { serviceAllocation: { namespaces: ['shop'] } })],
    },
    ...{ change: requestsPool('shop'), after: 'PoolNotCompatible 10.0.0.0', released: 'PoolNotCompatible' },
  },
  {
    edit: 'It names a pool without a family that the Service needs.',
    ...{ setup: { pools: [WEB, pool('six', ['fd06::/126'])] }, change: requestsPool('six') },
    ...{ after: 'PoolLacksFamily 10.0.0.0', released: 'PoolLacksFamily' },
  },
  {
    edit: 'It names an invalid pool.',
    ...{ setup: { pools: [WEB, pool('bad', ['rubbish'])] }, change: requestsPool('bad') },
    ...{ after: 'PoolInvalid 10.0.0.0', released: 'PoolInvalid 10.0.0.0' },
  },
  {
    edit: 'It names a pool with a free address.',
    ...{ setup: { pools: [WEB, ONE] }, change: requestsPool('one') },
    ...{ after: '10.8.0.0', released: '10.8.0.0' },
  },
  {
    edit: 'It names another pool that lists the same addresses.',
    setup: { pools: [WEB, pool('more', ['10.0.0.0/29'], { age: 9, autoAssign: false })] },
    ...{ change: requestsPool('more'), after: '10.0.0.0', released: '10.0.0.0' },
  },
  {
    edit: 'It is removed.',
    ...{ setup: { pools: [OTHER, WEB] }, overrides: { requests: { 'address-pool': 'web' } } },
    ...{ change: requests({}), after: '10.0.0.0', released: '10.0.0.0' },
  },
  {
    edit: 'The requested address is taken by another Service.',
    ...{ setup: { pools: [WEB], others: [holderOf('10.0.0.3')] }, change: requestsAddress('10.0.0.3') },
    ...{ after: 'AddressTaken 10.0.0.0', released: 'AddressTaken' },
  },
  {
    edit: 'It is taken by a Service that does not share it with this one.',
    setup: {
      pools: [WEB],
      others: [service('x', { requests: { loadBalancerIPs: '10.0.0.3', 'allow-shared-ip': 'k' } })],
    },
    change: requests({ loadBalancerIPs: '10.0.0.3', 'allow-shared-ip': 'l' }),
    ...{ after: 'SharingRefused 10.0.0.0', released: 'SharingRefused' },
  },
  {
    edit: 'It is in no pool, or not in the requested one.',
    ...{ setup: { pools: [WEB] }, change: requestsAddress('192.0.2.7') },
    ...{ after: 'AddressNotInPool 10.0.0.0', released: 'AddressNotInPool' },
  },
  {
    edit: 'It is in the requested pool, and an older pool lists it too.',
    setup: { pools: [WEB, pool('new', ['10.0.0.0/29'], { age: 9, autoAssign: false })] },
    change: requests({ loadBalancerIPs: '10.0.0.2', 'address-pool': 'new' }),
    ...{ after: 'AddressOverlapped 10.0.0.0', released: 'AddressOverlapped' },
  },
  {
    edit: 'It ends in .0 or .255, and its pool avoids those.',
    setup: { pools: [WEB, pool('shy', ['10.7.0.0/30'], { avoidBuggyIPs: true, autoAssign: false })] },
    ...{ change: requestsAddress('10.7.0.0'), after: 'AddressAvoided 10.0.0.0', released: 'AddressAvoided' },
  },
  {
    edit: 'It is of a family without a cluster IP, or one address is requested for two families.',
    ...{ setup: { pools: [DUAL] }, change: requests({ loadBalancerIPs: 'fd01::1' }, 'dual') },
    ...{ before: '10.1.0.0', after: 'FamilyMismatch 10.1.0.0', released: 'FamilyMismatch' },
  },
  {
    edit: 'Two addresses of one family are requested.',
    ...{ setup: { pools: [WEB] }, change: requestsAddress('10.0.0.0,10.0.0.1') },
    ...{ after: 'InvalidRequest 10.0.0.0', released: 'InvalidRequest' },
  },
  {
    edit: 'No Service can have the requested address, such as 224.0.0.9.',
    ...{ setup: { pools: [WEB] }, change: requestsAddress('224.0.0.9') },
    ...{ after: 'InvalidRequest 10.0.0.0', released: 'InvalidRequest' },
  },
  {
    edit: 'The requested address is unreadable, or two fields request addresses.',
    ...{ setup: { pools: [WEB] }, change: requestsAddress('rubbish') },
    ...{ after: 'InvalidRequest 10.0.0.0', released: 'InvalidRequest 10.0.0.0' },
  },
  {
    edit: 'The requested address is free.',
    ...{ setup: { pools: [WEB] }, change: requestsAddress('10.0.0.3') },
    ...{ after: '10.0.0.3', released: '10.0.0.3' },
  },
  {
    edit: 'The sharing key changes, and no other Service is on the address.',
    ...{ setup: { pools: [WEB] }, overrides: SHARED, change: requests({ 'allow-shared-ip': 'l' }) },
    ...{ after: '10.0.0.0', released: '10.0.0.0' },
  },
  {
    edit: 'The sharing key changes, others are on the address, and another one is free.',
    setup: { pools: [WEB], others: [sharer()] },
    ...{ overrides: SHARED, change: requests({ 'allow-shared-ip': 'l' }) },
    ...{ after: '10.0.0.1', released: '10.0.0.1' },
  },
  {
    edit: 'The sharing key changes, others are on the address, and no other one is free.',
    setup: { pools: [SINGLE], others: [sharer()] },
    ...{ overrides: SHARED, change: requests({ 'allow-shared-ip': 'l' }) },
    ...{ after: 'SharingRefused 10.0.0.0', released: 'PoolExhausted' },
  },
  {
    edit: 'Ports or backend conflict with another Service on the address, and another one is free.',
    setup: { pools: [WEB], others: [sharer()] },
    ...{ overrides: SHARED, change: { ports: [{ protocol: 'TCP', port: 443 }] } },
    ...{ after: '10.0.0.1', released: '10.0.0.1' },
  },
  {
    edit: 'They conflict, and no other one is free.',
    setup: { pools: [SINGLE], others: [sharer()] },
    ...{ overrides: SHARED, change: { externalTrafficPolicy: 'Local' } },
    ...{ after: 'PoolExhausted', released: 'PoolExhausted' },
  },
  {
    edit: 'They conflict on one of two addresses, and the pool has no other one.',
    setup: { pools: [pool('dual', ['10.1.0.0/32', 'fd01::/126'])], others: [sharer()] },
    overrides: { ...SHARED, families: [4, 6], ipFamilyPolicy: 'PreferDualStack' },
    change: { ports: [{ protocol: 'TCP', port: 443 }] },
    ...{ before: '10.1.0.0 fd01::', after: 'AssignedOneFamily fd01::', released: 'AssignedOneFamily fd01::' },
  },
  {
    edit: '`PreferDualStack` with a second cluster IP, and the pool has no second address.',
    ...{ setup: { pools: [WEB] }, change: { ...BOTH, ipFamilyPolicy: 'PreferDualStack' } },
    ...{ after: 'AssignedOneFamily 10.0.0.0', released: 'AssignedOneFamily 10.0.0.0' },
  },
  {
    edit: '`RequireDualStack` with a second cluster IP, and no pool has both families.',
    ...{ setup: { pools: [WEB] }, change: { ...BOTH, ipFamilyPolicy: 'RequireDualStack' } },
    ...{ after: 'AssignedOneFamily 10.0.0.0', released: 'AssignedOneFamily 10.0.0.0' },
  },
  {
    edit: '`RequireDualStack` with cluster IPs of one family.',
    ...{ setup: { pools: [WEB] }, change: { ipFamilyPolicy: 'RequireDualStack' } },
    ...{ after: 'DualStackUnavailable 10.0.0.0', released: 'DualStackUnavailable' },
  },
  {
    edit: '`SingleStack`: the API server removes the second cluster IP.',
    setup: { pools: [DUAL] },
    overrides: { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' },
    change: { clusterIPs: ['10.96.0.1'], ipFamilyPolicy: 'SingleStack' },
    ...{ before: '10.1.0.0 fd01::', after: '10.1.0.0', released: '10.1.0.0' },
  },
  {
    edit: "A label no longer matches the `serviceSelectors` of the Service's pool.",
    setup: {
      pools: [
        pool('web', ['10.0.0.0/30'], {
          serviceAllocation: { serviceSelectors: [{ matchLabels: { a: 'b' } }] },
        }),
      ],
    },
    ...{ overrides: { labels: { a: 'b' } }, change: { labels: {} } },
    ...{ after: 'NoPoolMatches', released: 'NoPoolMatches' },
  },
  {
    edit: 'The Service gets the `loadBalancerClass` of another controller.',
    ...{ setup: { pools: [WEB] }, change: { loadBalancerClass: 'cloud' } },
    ...{ after: 'nothing 10.0.0.0', released: 'nothing 10.0.0.0' },
  },
  {
    edit: 'Its type changes: the API server clears the status.',
    ...{ setup: { pools: [WEB] }, change: { type: 'ClusterIP', ingress: [] } },
    ...{ after: 'nothing', released: 'nothing' },
  },
];
