/** The condition Announced of Services by layer 2. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import {
  evaluateLayer2Condition,
  LAYER2_REASONS,
  type Layer2Condition,
} from '../../../../src/controller/announced/layer2/condition.ts';
import { aliveAlways } from '../../../../src/layer2/membership/alive.ts';
import type { AddressConflict } from '../../../../src/layer2/membership/speaker-presence.ts';
import { decodeNode } from '../../../../src/objects/node.ts';
import {
  endpointSlice,
  node,
  pool,
  service,
  serviceWithEndpoint,
} from '../../../announce/support/cluster.ts';
import {
  type Layer2Setup,
  layer2Advertisement,
  layer2State,
  nic,
} from '../../../layer2/support/layer2-cluster.ts';

const base = [node('n1'), pool('main', ['10.0.0.0/24'])];
const all = layer2Advertisement('all');
const blog = serviceWithEndpoint('blog', '10.0.0.1');
const local = { externalTrafficPolicy: 'Local' };

const rows: readonly {
  readonly says: string;
  readonly objects: readonly Raw[];
  readonly setup?: Layer2Setup;
  /** That node n1 sees. */
  readonly conflicts?: readonly AddressConflict[];
  /** Subnets of eth0 on each node. */
  readonly subnets?: readonly string[];
  readonly kubeProxy?: string;
  /** Names of nodes whose speakers run without layer 2; they have a label `name`. */
  readonly silent?: readonly string[];
  readonly condition: RegExp | null;
}[] = [
  {
    says: 'True where the elected node is recorded',
    objects: [all, ...blog],
    setup: { recorded: { 'web/blog': 'n1' } },
    condition: /^True Answered: Answered for by ARP and NDP from node n1\.$/,
  },
  {
    says: 'False where the node that answers sees another host with the address',
    objects: [all, ...blog],
    setup: { recorded: { 'web/blog': 'n1' } },
    conflicts: [{ address: '10.0.0.1', mac: '02:00:00:00:00:99', interface: 'eth0' }],
    condition:
      /^False AddressConflict: Another host uses 10\.0\.0\.1: node n1 sees its MAC address 02:00:00:00:00:99 on eth0\. To fix it: take/,
  },
  {
    says: 'True where the other host uses the address of another Service',
    objects: [all, ...blog],
    setup: { recorded: { 'web/blog': 'n1' } },
    conflicts: [{ address: '10.0.0.2', mac: '02:00:00:00:00:99', interface: 'eth0' }],
    condition: /^True Answered: /,
  },
  {
    says: 'True, with a remark, where the address is in no subnet of the node',
    objects: [all, ...blog],
    setup: { recorded: { 'web/blog': 'n1' }, interfaces: { n1: [nic('eth0')] } },
    subnets: ['192.0.2.0/24'],
    condition:
      /^True AnsweredOffSubnet: Answered for by .* from node n1\. But 10\.0\.0\.1 is in no subnet .*192\.0\.2\.0\/24.*route/,
  },
  {
    says: 'True where it is in one',
    objects: [all, ...blog],
    setup: { recorded: { 'web/blog': 'n1' }, interfaces: { n1: [nic('eth0')] } },
    subnets: ['10.0.0.0/16'],
    condition: /^True Answered: /,
  },
  {
    says: 'False where kube-proxy answers on every node',
    objects: [all, ...blog],
    setup: { recorded: { 'web/blog': 'n1' } },
    kubeProxy: 'kube-proxy is in IPVS mode. To fix it: set it',
    condition: /^False KubeProxyAnswers: kube-proxy is in IPVS mode\. To fix it: set it\.$/,
  },
  {
    says: 'Unknown until it is',
    objects: [all, ...blog],
    condition:
      /^Unknown NotVisible: Node n1 should answer, and has not said so\. To fix it, if it stays so: see whether the speaker there is ready, and what its log says: kubectl get pods/,
  },
  { says: 'absent without an advertisement', objects: blog, condition: null },
  {
    says: 'absent where the advertisements are for other Services',
    objects: [layer2Advertisement('x', { serviceSelectors: [{ matchLabels: { a: 'b' } }] }), ...blog],
    condition: null,
  },
  { says: 'absent without an address', objects: [all, service('blog', [])], condition: null },
  {
    says: 'False without an endpoint',
    objects: [all, service('blog', ['10.0.0.1'])],
    condition: /^False NoEndpointAnnounces: Nobody answers by layer 2: no endpoint .*\. To fix it: get a Pod/,
  },
  {
    says: 'False where no node has the interface',
    objects: [layer2Advertisement('x', { interfaces: ['eth7'] }), ...blog],
    setup: { interfaces: { n1: [nic('eth0')] } },
    condition:
      /^False UnknownInterface: The L2Advertisement "x" names the interface "eth7" in spec\.interfaces, and no node has .*\. The nodes have eth0\.$/,
  },
  {
    says: 'False where the interface is one of another node only',
    objects: [
      layer2Advertisement('x', { interfaces: ['eth0'], nodeSelectors: [{ matchLabels: { name: 'n2' } }] }),
      ...[node('n2', { name: 'n2' }), ...blog],
    ],
    setup: { interfaces: { n2: [nic('eth5')] } },
    condition:
      /^False NoNodeAnswers: .*none of the interfaces eth0.*\. To fix it: name an interface of n2 .* of the L2Advertisement "x"\.$/,
  },
  {
    says: 'False where the nodes that may answer have speakers without layer 2',
    objects: [layer2Advertisement('x', { nodeSelectors: [{ matchLabels: { name: 'w1' } }] }), ...blog],
    silent: ['w1', 'w2'],
    condition:
      /^False SpeakersDoNotAnswer: Nobody answers by layer 2: the speakers of w1 may answer, .*NET_RAW \(kubectl apply -k deploy\/layer2\).*--layer2=off\.$/,
  },
  {
    says: 'False, for another reason, where these speakers may not answer either',
    objects: [layer2Advertisement('x', { nodeSelectors: [{ matchLabels: { name: 'other' } }] }), ...blog],
    silent: ['w1'],
    condition: /^False NoNodeAnswers: /,
  },
  {
    says: 'True where one node has the right to answer, and another one has not',
    objects: [all, ...blog],
    setup: { recorded: { 'web/blog': 'n1' } },
    silent: ['w1'],
    condition: /^True Answered: /,
  },
  {
    says: 'False where no speaker runs that may answer',
    objects: [all, ...blog],
    setup: { alive: aliveAlways([]) },
    condition: /^False NoSpeaker: /,
  },
  {
    says: 'False where it shares its address with a Service that only another node suits',
    objects: [
      ...[all, node('n2'), service('blog', ['10.0.0.1'], local), service('wiki', ['10.0.0.1'], local)],
      endpointSlice('blog', [{ addresses: ['10.244.0.1'], nodeName: 'n1' }]),
      endpointSlice('wiki', [{ addresses: ['10.244.0.2'], nodeName: 'n2' }]),
    ],
    setup: { recorded: { 'web/wiki': 'n2' } },
    condition: /^False SharedAddressApart: Node n2 answers .*\. To fix it: let one node suit all Services/,
  },
  {
    says: 'Unknown while a speaker of MetalLB may answer',
    objects: [all, ...blog],
    setup: { metallb: ['n1'] },
    condition:
      /^Unknown MetallbAnswers: A speaker of MetalLB runs on n1 .*\. To fix it: end MetalLB's speakers/,
  },
];

type Row = (typeof rows)[number];

function conditionOf({ objects, setup = {}, conflicts = [], ...given }: Row): Layer2Condition | null {
  const { subnets = null, kubeProxy = null, silent = [] } = given;
  const eth0 = { ...nic('eth0'), mac: '02:00:00:00:00:01', subnets, addresses: null };
  return evaluateLayer2Condition('web/blog', {
    state: layer2State([...base, ...objects], setup),
    recorded: new Map(Object.entries(setup.recorded ?? {})),
    conflicts: new Map([['n1', conflicts]]),
    ...{ interfaces: new Map([['n1', [eth0]]]), kubeProxy },
    silent: {
      nodes: silent.map((name) => ({ name, node: decodeNode(node(name, { name })) })),
      ignoreExcludeLabel: false,
    },
  });
}

/** An instruction, in the words of the messages. */
const FIX = /To fix it|Take an address|Correct the name|Their logs say why/;

describe('the condition Announced by layer 2 is', () => {
  for (const row of rows)
    it(row.says, () => {
      const value = conditionOf(row);
      if (row.condition === null) assert.equal(value, null);
      else assert.match(`${value?.status} ${value?.reason}: ${value?.message}`, row.condition);
    });

  it('one of the reasons on the list, each of which has a row here and says what to do', () => {
    const values = rows.flatMap((row) => conditionOf(row) ?? []);
    assert.deepEqual(
      [...new Set(values.map(({ reason }) => reason))].sort(),
      [...Object.keys(LAYER2_REASONS), 'NoSpeaker', 'NoEndpointAnnounces', 'NotVisible'].sort(),
    );
    for (const { reason, message } of values) if (reason !== 'Answered') assert.match(message, FIX, reason);
  });
});
