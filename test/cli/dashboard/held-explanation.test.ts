/** What is said of a Service at once has the words of the whole explanation, of which it is the first part. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { ClusterReading } from '../../../src/cli/cluster/cluster-reading.ts';
import { putObjects } from '../../../src/cli/cluster/overview/file-overview.ts';
import { FollowedCluster } from '../../../src/cli/cluster/overview/followed-cluster.ts';
import { overviewOptions } from '../../../src/cli/cluster/overview/options.ts';
import { questionsAbout } from '../../../src/cli/dashboard/questions.ts';
import type { ApiOutcome } from '../../../src/kube/http/api-request.ts';
import { parseManifests } from '../../../src/manifests/parse-manifests.ts';
import { decodeService } from '../../../src/objects/service.ts';
import type { ExplainAnswer, HeldExplanation } from '../../../src/overview/answers.ts';
import { readKind } from '../../../src/overview/knowledge.ts';
import { Overview } from '../../../src/overview/overview.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { CLUSTER } from '../support/cluster-manifests.ts';

const NAMESPACE = 'metallb-system';
const FLAGS = {
  ...{ namespace: '', 'all-namespaces': true, 'pool-namespace': NAMESPACE, 'lb-class': '', calico: 'auto' },
  ...{ 'foreign-addresses': 'keep', 'unmet-requests': 'keep' },
};
const OTHERS = `
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: red, namespace: metallb-system, creationTimestamp: "2026-01-03T00:00:00Z"}
spec: {addresses: [198.51.100.0/30], serviceAllocation: {namespaceSelectors: [{matchLabels: {team: red}}]}}
---
apiVersion: v1
kind: Service
metadata: {name: foreign, namespace: shop}
spec: {type: LoadBalancer, ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 203.0.113.9}]}}
---
apiVersion: v1
kind: Service
metadata: {name: both, namespace: shop}
spec: {type: LoadBalancer, ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4, IPv6], ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: shares-with-web, namespace: shop}
spec: {type: LoadBalancer, ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 192.168.5.1}]}}
---
apiVersion: v1
kind: Service
metadata: {name: of-others, namespace: shop}
spec: {type: LoadBalancer, loadBalancerClass: other/class, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: no-such-pool, namespace: blue, annotations: {metallb.io/address-pool: gold}}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`;

async function objectsOfCluster(): Promise<readonly Raw[]> {
  const { manifests } = await parseManifests(`${CLUSTER}---${OTHERS}`, 'cluster.yaml');
  return manifests.map(({ object }) => object);
}

function overviewOf(objects: readonly Raw[]): Overview {
  const overview = new Overview(overviewOptions(FLAGS, { source: 'a test', servicesFrom: 'status' }));
  putObjects(overview, objects, NAMESPACE);
  for (const kind of ['L2Advertisement', 'BGPAdvertisement'] as const)
    overview.setKind(kind, readKind(kind, [], NAMESPACE));
  const services = objects.flatMap((raw) => (raw['kind'] === 'Service' ? (decodeService(raw) ?? []) : []));
  for (const service of services) overview.putService(service);
  overview.setServicesReading(readKind('Service', []).reading);
  return overview;
}

/** In front of an API server that serves nothing but what is held. */
function questionsOf(overview: Overview) {
  const sender = {
    send: async (): Promise<ApiOutcome> => ({
      ...{ kind: 'refused', status: 404, reason: 'NotFound', message: 'not found', retryAfter: null },
    }),
  };
  const description = 'a test';
  const defaultNamespaces = { services: 'default', pools: NAMESPACE };
  const open = () => {
    const reading = new ClusterReading({ sender, description, namespace: NAMESPACE, progress: () => {} });
    const source = new FollowedCluster({ reading, defaultNamespaces, overview: () => overview });
    return { source, defaultNamespaces, reading };
  };
  return questionsAbout({ open, held: () => overview, options: FLAGS, clock: new FakeClock() });
}

describe('what is said of a Service at once', () => {
  for (const service of ['web', 'asks', 'foreign', 'both', 'shares-with-web', 'of-others'])
    it(`is how the explanation of ${service} begins`, async () => {
      await compare(`shop/${service}`);
    });
  it('is how the explanation of one in a namespace without labels begins', () =>
    compare('blue/no-such-pool'));

  async function compare(service: string): Promise<void> {
    const { questions, quickQuestions } = questionsOf(overviewOf(await objectsOfCluster()));
    const whole = await questions.get('/api/explain')?.({ service });
    const quick = quickQuestions.get('/api/allocation')?.({ service });
    assert.ok(whole?.ok && quick?.ok, JSON.stringify([whole, quick]));
    const { sections } = quick.value as HeldExplanation;
    assert.ok(sections !== null && sections.length > 0);
    assert.deepEqual((whole.value as ExplainAnswer).sections.slice(0, sections.length), sections);
  }

  it('is nothing where a pool selects namespaces whose labels are not held', async () => {
    const objects = (await objectsOfCluster()).filter(({ kind }) => kind !== 'Namespace');
    const answer = questionsOf(overviewOf(objects)).quickQuestions.get('/api/allocation')?.({
      service: 'shop/web',
    });
    assert.deepEqual(answer, { ok: true, value: { sections: null } });
  });

  it('is nothing for a Service that is not there', async () => {
    const { quickQuestions } = questionsOf(overviewOf(await objectsOfCluster()));
    const answer = quickQuestions.get('/api/allocation')?.({ service: 'shop/gone' });
    assert.deepEqual(answer, { ok: true, value: { sections: null } });
  });
});
