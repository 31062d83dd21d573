/** Each reason why nobody answers for a Service, or why a node may not, in a cluster that has it: with its text and its fix. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import type { Layer2Refusal } from '../../../src/layer2/election/refusal.ts';
import { explainLayer2 } from '../../../src/layer2/report/explanation.ts';
import { node, pool, service, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { type Layer2Setup, layer2Advertisement, layer2State } from '../support/layer2-cluster.ts';

const ADDRESS = '10.0.0.1';
const pools = pool('main', ['10.0.0.0/24']);
const all = layer2Advertisement('all');
const selective = layer2Advertisement('some', { serviceSelectors: [{ matchLabels: { tier: 'web' } }] });
const blog = serviceWithEndpoint('blog', ADDRESS);
const shared = blog.map((one) =>
  one['kind'] === 'Service'
    ? {
        ...one,
        metadata: { ...(one['metadata'] as Raw), annotations: { 'metallb.io/allow-shared-ip': 'k' } },
      }
    : one,
);

type Row = {
  readonly objects: readonly Raw[];
  readonly setup?: Layer2Setup;
  readonly says: RegExp;
  readonly fix: RegExp;
};

/** Complete by its type; each Node of these clusters exists. */
const rows: Readonly<Record<Exclude<Layer2Refusal['code'], 'nodeUnknown'>, Row>> = {
  notLoadBalancer: {
    objects: [node('n1'), all, service('blog', [ADDRESS], { type: 'ClusterIP' })],
    says: /its type is ClusterIP/,
    fix: /set spec\.type of the Service/,
  },
  otherClass: {
    objects: [node('n1'), all, service('blog', [ADDRESS], { loadBalancerClass: 'a/b' })],
    says: /its loadBalancerClass is "a\/b"; this speaker serves Services without one$/,
    fix: /--lb-class a\/b, or recreate the Service without spec\.loadBalancerClass/,
  },
  noIPAllocated: {
    objects: [node('n1'), all, service('blog', [])],
    says: /it has no address yet/,
    fix: /berth explain service blog -n web/,
  },
  invalidIP: {
    objects: [node('n1'), all, service('blog', ['10.0.0'])],
    says: /its status lists "10\.0\.0", which is no IP address/,
    fix: /what else writes status\.loadBalancer/,
  },
  ipNotAllowed: {
    objects: [node('n1'), all, ...serviceWithEndpoint('blog', '10.9.9.9')],
    says: /no pool contains 10\.9\.9\.9/,
    fix: /list 10\.9\.9\.9 in spec\.addresses of one IPAddressPool/,
  },
  noEndpoints: {
    objects: [node('n1'), all, service('blog', [ADDRESS])],
    says: /no endpoint is ready or serving/,
    fix: /kubectl get endpointslices -n web/,
  },
  noAdvertisement: {
    objects: [node('n1'), ...blog],
    says: /no L2Advertisement covers pool "main"/,
    fix: /spec\.ipAddressPools of an L2Advertisement/,
  },
  noServiceSelected: {
    objects: [node('n1'), selective, ...blog],
    says: /no L2Advertisement of pool "main" selects this Service/,
    fix: /spec\.serviceSelectors of an L2Advertisement/,
  },
  sharedWithSelectors: {
    objects: [
      node('n1'),
      layer2Advertisement('some', {
        serviceSelectors: [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }],
      }),
      ...shared,
    ],
    says: /the L2Advertisement "some" has serviceSelectors/,
    fix: /remove the annotation metallb\.io\/allow-shared-ip/,
  },
  nodeNetworkUnavailable: {
    objects: [node('n1', {}, { conditions: [{ type: 'NetworkUnavailable', status: 'True' }] }), all, ...blog],
    says: /On n1, the node has the condition NetworkUnavailable/,
    fix: /the network plugin on n1/,
  },
  nodeLabeledExcludeBalancers: {
    objects: [node('n1', { 'node.kubernetes.io/exclude-from-external-load-balancers': '' }), all, ...blog],
    says: /On n1, the node carries the label node\.kubernetes\.io\/exclude/,
    fix: /kubectl label node n1 .*-, or run the speakers with --ignore-exclude-lb/,
  },
  noLocalEndpoints: {
    objects: [node('n2'), all, ...serviceWithEndpoint('blog', ADDRESS, { externalTrafficPolicy: 'Local' })],
    says: /On n2, externalTrafficPolicy is Local, and no endpoint on this node/,
    fix: /spec\.externalTrafficPolicy to Cluster/,
  },
  nodeNotSelected: {
    objects: [
      node('n1'),
      layer2Advertisement('x', { nodeSelectors: [{ matchLabels: { zone: 'b' } }] }),
      ...blog,
    ],
    says: /On n1, no L2Advertisement of the Service selects this node/,
    fix: /spec\.nodeSelectors of an L2Advertisement match the labels of n1/,
  },
  addressOfNode: {
    objects: [
      node('n1', { zone: 'a' }),
      node('n2', {}, { addresses: [{ type: 'InternalIP', address: ADDRESS }] }),
      ...[layer2Advertisement('x', { nodeSelectors: [{ matchLabels: { zone: 'a' } }] }), ...blog],
    ],
    says: /On n1, 10\.0\.0\.1 is an address of node n2 itself/,
    fix: /take 10\.0\.0\.1 out of spec\.addresses of the IPAddressPool/,
  },
  noInterface: {
    objects: [node('n1'), all, ...blog],
    setup: { interfaces: { n1: [] } },
    says: /On n1, no interface of the node can answer by ARP/,
    fix: /check the interfaces of n1/,
  },
};

describe('the explanation names the reason and the fix:', () => {
  for (const [code, { objects, setup, says, fix }] of Object.entries(rows))
    it(code, () => {
      const explained = explainLayer2(layer2State([pools, ...objects], setup), 'web/blog') ?? assert.fail();
      assert.deepEqual([explained.verdict, explained.node], ['refused', null]);
      assert.match(explained.says, says);
      assert.match(explained.fix ?? '', fix);
    });
});
