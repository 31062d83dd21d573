/** A node dies, and its reports stay: what the overview says while the cluster finds out. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import type { OverviewDocument } from '../../src/overview/document.ts';
import { controllerPod, lease, liveCluster, NAMESPACE, node, speakerPod } from './support/live-cluster.ts';
import { overviewOf } from './support/overview-of.ts';

const START = Date.UTC(2026, 0, 1);
const SECOND = 1000;

/** The cluster of `START`, in which some objects have been replaced. */
function after(...replaced: readonly Raw[]): readonly Raw[] {
  const nameOf = (raw: Raw): string => JSON.stringify([raw['kind'], (raw['metadata'] as Raw)['name']]);
  const names = new Set(replaced.map(nameOf));
  return [...liveCluster(START).filter((raw) => !names.has(nameOf(raw))), ...replaced];
}

const at = (seconds: number, objects: readonly Raw[]): OverviewDocument =>
  overviewOf({ objects, wall: START + seconds * SECOND });

const codes = ({ problems }: OverviewDocument): readonly string[] => problems.map(({ code }) => code);

it('before: all is well', () => {
  const document = at(0, liveCluster(START));
  assert.deepEqual([document.verdict, codes(document)], ['clean', []]);
  assert.deepEqual(document.announcing.sessions, { up: 2, all: 2 });
});

it('after 20 s: the lease is late, but clocks may differ, and nothing else is known', () => {
  const document = at(20, liveCluster(START));
  assert.equal(document.controller.state, 'leading');
});

it('after 60 s: the lease of the dead leader is too old for any clock', () => {
  const document = at(60, liveCluster(START));
  assert.equal(document.controller.state, 'expired');
  assert.deepEqual([document.verdict, codes(document)], ['errors', ['NoController']]);
});

it('after 60 s, and the standby leads: the controller is well', () => {
  const taken = lease({
    holder: 'berth-controller-b_2',
    acquired: START + 16 * SECOND,
    renewed: START + 59 * SECOND,
  });
  const document = at(60, after(taken));
  assert.deepEqual([document.controller.state, document.controller.node], ['leading', 'n2']);
});

const dead = [
  lease({ holder: 'berth-controller-b_2', acquired: START + 16 * SECOND, renewed: START + 119 * SECOND }),
  node('n1', 'Unknown'),
  speakerPod('n1', false),
  controllerPod('berth-controller-a', 'n1', false),
];

it('after 2 min: its speaker is down, its session is not counted as up, and the standby has no standby', () => {
  const document = at(120, after(...dead));
  assert.deepEqual(document.announcing.sessions, { up: 1, all: 2 });
  const [speaker] = document.announcing.speakers ?? [];
  assert.deepEqual([speaker?.node, speaker?.state, speaker?.because], ['n1', 'down', 'Node n1 is not ready']);
  assert.equal(speaker?.sessions[0]?.state, 'stale', 'what it last reported is no longer true');
  assert.deepEqual(codes(document), ['ControllerNotReady', 'SpeakerDown']);
  assert.equal(document.verdict, 'warnings');
});

it('after 2 min, without the right to read Pods: the Node alone tells', () => {
  const objects = after(...dead).filter(({ kind }) => kind !== 'Pod');
  const document = at(120, objects);
  assert.equal(document.announcing.speakers?.[0]?.state, 'down');
});

it('by layer 2: addresses of the dead owner are an error until another node has taken over', () => {
  const layer2 = (name: string): Raw => ({
    ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus' },
    metadata: { name, namespace: NAMESPACE },
    status: {
      phase: 'speaking',
      time: '',
      sessions: [],
      layer2: { interfaces: [{ name: 'eth0' }], conflicts: [] },
    },
  });
  const record = (owner: string): Raw => ({
    ...{ apiVersion: 'metallb.io/v1beta1', kind: 'ServiceL2Status' },
    metadata: {
      ...{ name: 'l2-x', namespace: NAMESPACE },
      labels: {
        'metallb.io/service-name': 'web',
        'metallb.io/service-namespace': 'shop',
        'metallb.io/node': owner,
      },
    },
    status: { node: owner, interfaces: [] },
  });
  const speakers = [layer2('n1'), layer2('n2')];
  const before = at(120, after(...dead, ...speakers, record('n1')));
  assert.ok(codes(before).includes('OwnerDown'), codes(before).join());
  assert.equal(before.services?.items.find(({ service }) => service === 'shop/web')?.answeredBy, 'n1');
  const moved = at(125, after(...dead, ...speakers, record('n2')));
  assert.ok(!codes(moved).includes('OwnerDown'), codes(moved).join());
  assert.equal(moved.services?.items.find(({ service }) => service === 'shop/web')?.answeredBy, 'n2');
});
