import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  type ClassifiedNode,
  classifySpeakerNodes,
  type NodeClass,
} from '../../../../src/controller/announced/native/node-classes.ts';
import type { SpeakerState } from '../../../../src/controller/announced/native/speaker-states.ts';

const NAMESPACE = 'metallb-system';

const node = (name: string, zone: string): ClassifiedNode => ({
  ...{ name, labels: { zone }, isExcluded: false, isNetworkUnavailable: false },
});

const selecting = (zone: string) => [{ matchLabels: { zone } }];

const peer = (name: string, zone: string): unknown => ({
  apiVersion: 'metallb.io/v1beta2',
  kind: 'BGPPeer',
  metadata: { name, namespace: NAMESPACE },
  spec: { myASN: 64_512, peerASN: 64_513, peerAddress: '10.0.0.1', nodeSelectors: selecting(zone) },
});

/** A BGPAdvertisement for every node, which counts how often it is decoded. */
function countedAdvertisement(): { readonly raw: unknown; readonly decoded: () => number } {
  let reads = 0;
  const spec = {
    get localPref() {
      reads += 1;
      return 100;
    },
  };
  const metadata = { name: 'all', namespace: NAMESPACE };
  return {
    raw: { apiVersion: 'metallb.io/v1beta1', kind: 'BGPAdvertisement', metadata, spec },
    decoded: () => reads,
  };
}

function classify(nodes: readonly ClassifiedNode[], advertisement: unknown): readonly NodeClass[] {
  const speakerOn = ({ name }: ClassifiedNode): SpeakerState => ({
    ...{
      node: name,
      hasLeft: false,
      ignoreExcludeLabel: false,
      isRunning: true,
      up: new Set(),
      isGone: false,
    },
  });
  return classifySpeakerNodes({
    nodes,
    speakers: new Map(nodes.map((one) => [one.name, speakerOn(one)])),
    config: {
      ...{ pools: [], layer2: [], communities: [], bfdProfiles: [], secrets: [] },
      peers: [peer('a', 'a'), peer('b', 'b')],
      advertisements: [advertisement],
    },
    ...{ namespace: NAMESPACE, lbClass: null },
  });
}

const peersByClass = (classes: readonly NodeClass[]) =>
  classes.map(({ names, settings }) => [names, [...settings.peers.active.keys()]]);

it('nodes that the same peers select are one class, with those peers', () => {
  const nodes = [node('n1', 'a'), node('n2', 'b'), node('n3', 'a'), node('n4', 'c')];
  assert.deepEqual(peersByClass(classify(nodes, countedAdvertisement().raw)), [
    [['n1', 'n3'], ['a']],
    [['n2'], ['b']],
    [['n4'], []],
  ]);
});

it('an object is decoded once, however many classes there are', () => {
  const [one, three] = [countedAdvertisement(), countedAdvertisement()];
  classify([node('n1', 'a')], one.raw);
  assert.equal(classify([node('n1', 'a'), node('n2', 'b'), node('n3', 'c')], three.raw).length, 3);
  assert.ok(one.decoded() > 0);
  assert.equal(three.decoded(), one.decoded());
});
