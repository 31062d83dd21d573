/** Random clusters, and random edits of them: each is what a person, a kernel or a crash does. */
import type { Raw } from '../../../../src/base/json.ts';
import type { Random } from '../../../support/random.ts';
import {
  advertisementSpec,
  type DescribedAdvertisement,
  type DescribedCluster,
  type DescribedEndpoint,
  type DescribedNode,
  type DescribedService,
  nodeObject,
  SYSTEM_NAMESPACE,
  serviceKey,
  serviceObject,
  sliceObjects,
} from './described-cluster.ts';

/** What was done, as a case file says it, and the cluster afterwards. */
export type Edit = { readonly action: Raw; readonly after: DescribedCluster };

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const V4 = ['10.213.0.101', '10.213.0.102', '10.213.0.103'];
const V6 = ['fd00:213::1:11', 'fd00:213::1:12'];
const SPARE = ['10.213.0.151', 'fd00:213::2:11'];
const OUTSIDE = '198.51.100.7';

export const CLASS = 'example.com/x';

export function randomCluster(random: Random): DescribedCluster {
  const nodes = NODES.slice(0, 2 + random.below(4)).map((name) => randomNode(name, random));
  const running = nodes.map(({ name }) => name).filter(() => random.chance(0.9));
  const names = nodes.map(({ name }) => name);
  return {
    ...{ nodes, running: new Set(running), down: new Set<string>() },
    pools: [
      { name: 'main', tier: 'x', addresses: [...V4, ...V6].map((ip) => `${ip}-${ip}`) },
      { name: 'spare', tier: 'y', addresses: SPARE.map((ip) => `${ip}-${ip}`) },
    ],
    advertisements: ['a1', 'a2', 'a3']
      .slice(0, 1 + random.below(3))
      .map((name) => randomAdvertisement(name, random)),
    services: ['blog', 'wiki', 'mail', 'chat']
      .slice(0, 1 + random.below(4))
      .map((name) => randomService(name, names, random)),
  };
}

const some = <T>(random: Random, probability: number, items: readonly T[]): readonly T[] =>
  items.filter(() => random.chance(probability));

const randomNode = (name: string, random: Random): DescribedNode => ({
  ...{ name, zone: random.pick(['a', 'b']), isExcluded: random.chance(0.1) },
  networkUnavailable: random.pick(['False', 'Unknown', null, null, null, 'True'] as const),
});

const randomAdvertisement = (name: string, random: Random): DescribedAdvertisement => ({
  ...{ name, namespace: random.chance(0.1) ? 'web' : SYSTEM_NAMESPACE, isInvalid: false },
  pools: random.chance(0.4) ? some(random, 0.5, ['main', 'spare', 'missing']) : [],
  poolTier: random.chance(0.2) ? random.pick(['x', 'y', 'z']) : null,
  zones: random.chance(0.4) ? some(random, 0.6, ['a', 'b']) : [],
  services: random.chance(0.25) ? some(random, 0.6, ['u', 'v']) : [],
  interfaces: random.chance(0.4) ? some(random, 0.5, ['eth0', 'eth1', 'eth2', 'eth9']) : [],
  preferences: random.chance(0.4)
    ? some(random, 0.6, ['a', 'b', 'a']).map((zone) => ({ zone, weight: 1 + random.below(3) }))
    : [],
});

function randomService(name: string, nodes: readonly string[], random: Random): DescribedService {
  const isLocal = random.chance(0.5);
  return {
    ...{ name, isLocal, label: random.pick(['u', 'v', 'w']), ingress: randomIngress(random) },
    loadBalancerClass: random.chance(0.1) ? CLASS : null,
    sharingKey: random.chance(0.3) ? 'k' : null,
    slices: Array.from({ length: 1 + random.below(2) }, () => randomEndpoints(nodes, random)),
  };
}

function randomIngress(random: Random): readonly string[] {
  const [four, six] = [random.pick(V4), random.pick(V6)];
  const usual: readonly (readonly string[])[] = [[four], [four], [six], [four, six], [six, four]];
  if (random.chance(0.85)) return random.pick(usual);
  return random.pick([
    [],
    SPARE,
    [four, SPARE[1] ?? ''],
    [OUTSIDE],
    [four, OUTSIDE],
    ['lb.example'],
    [four, 'lb.example'],
  ]);
}

const randomEndpoints = (nodes: readonly string[], random: Random): readonly DescribedEndpoint[] =>
  some(random, 0.6, [...nodes, null]).map((node) => ({
    ...{ node: random.chance(0.9) ? node : 'elsewhere' },
    ...random.pick([
      { isReady: true, isServing: true },
      { isReady: true, isServing: null },
      { isReady: null, isServing: null },
      { isReady: false, isServing: true },
      { isReady: false, isServing: false },
      { isReady: false, isServing: null },
    ]),
  }));

/** One edit; null where the one that was drawn is not possible. */
export function randomEdit(before: DescribedCluster, random: Random): Edit | null {
  return random.pick([editNode, editLink, editSpeaker, editAdvertisement, editService, editEndpoints])(
    before,
    random,
  );
}

function editNode(before: DescribedCluster, random: Random): Edit {
  const node = randomNode(random.pick(before.nodes).name, random);
  const { metadata, status } = nodeObject(node);
  return {
    action: { patch: `Node ${node.name}`, with: { metadata, status } },
    after: { ...before, nodes: before.nodes.map((one) => (one.name === node.name ? node : one)) },
  };
}

/** Not that of the API server and the other speakers: who is cut off does not follow what is edited meanwhile. */
function editLink(before: DescribedCluster, random: Random): Edit | null {
  const { name } = random.pick(before.nodes);
  if (name === 'n5') return null;
  const [dev, link] = ['eth1', `${name}:eth1`];
  const down = new Set(before.down);
  const isUp = !down.delete(link);
  if (isUp) down.add(link);
  return { action: { [isUp ? 'linkDown' : 'linkUp']: name, dev }, after: { ...before, down } };
}

function editSpeaker(before: DescribedCluster, random: Random): Edit {
  const { name } = random.pick(before.nodes);
  const running = new Set(before.running);
  if (!running.delete(name)) {
    running.add(name);
    return { action: { start: name }, after: { ...before, running } };
  }
  return { action: { [random.pick(['kill', 'stop'])]: name }, after: { ...before, running } };
}

function editAdvertisement(before: DescribedCluster, random: Random): Edit | null {
  const { advertisements } = before;
  const known = advertisements.length === 0 ? null : random.pick(advertisements);
  if (known === null || (random.chance(0.2) && advertisements.length < 4)) {
    const name = `new${random.below(1000)}`;
    if (advertisements.some((one) => one.name === name)) return null;
    const added = { ...randomAdvertisement(name, random), namespace: SYSTEM_NAMESPACE };
    const metadata = { name, namespace: SYSTEM_NAMESPACE };
    return {
      action: {
        create: {
          ...{ apiVersion: 'metallb.io/v1beta1', kind: 'L2Advertisement' },
          metadata,
          spec: advertisementSpec(added),
        },
      },
      after: { ...before, advertisements: [...advertisements, added] },
    };
  }
  const reference = `L2Advertisement ${known.namespace}/${known.name}`;
  const others = advertisements.filter((one) => one !== known);
  if (random.chance(0.2))
    return { action: { delete: reference }, after: { ...before, advertisements: others } };
  const edited = {
    ...randomAdvertisement(known.name, random),
    ...{ namespace: known.namespace, isInvalid: random.chance(0.15) },
  };
  return {
    action: { patch: reference, with: { spec: advertisementSpec(edited) } },
    after: { ...before, advertisements: [...others, edited] },
  };
}

function editService(before: DescribedCluster, random: Random): Edit {
  const known = random.pick(before.services);
  const names = before.nodes.map(({ name }) => name);
  const drawn = randomService(known.name, names, random);
  const edited = { ...drawn, slices: known.slices, loadBalancerClass: known.loadBalancerClass };
  const { metadata, spec, status } = serviceObject(edited);
  return {
    action: { patch: `Service ${serviceKey(known)}`, with: { metadata, spec, status } },
    after: { ...before, services: before.services.map((one) => (one === known ? edited : one)) },
  };
}

function editEndpoints(before: DescribedCluster, random: Random): Edit {
  const known = random.pick(before.services);
  const index = random.below(known.slices.length);
  const names = before.nodes.map(({ name }) => name);
  const endpoints = randomEndpoints(names, random);
  const edited = { ...known, slices: known.slices.map((one, at) => (at === index ? endpoints : one)) };
  return {
    action: {
      patch: `EndpointSlice ${serviceKey(known)}-${index}`,
      with: { endpoints: sliceObjects(edited)[index]?.['endpoints'] },
    },
    after: { ...before, services: before.services.map((one) => (one === known ? edited : one)) },
  };
}
