import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeApplied, nextSteps, playgroundHelp } from '../../src/playground/messages.ts';

describe('the summary of applied objects', () => {
  const rows: readonly [taken: Readonly<Record<string, number>>, want: string][] = [
    [{}, 'nothing'],
    [{ Service: 1 }, '1 Service'],
    [{ Service: 9, IPAddressPool: 3, Namespace: 2 }, '2 namespaces, 3 pools and 9 Services'],
    [
      { Service: 9, Node: 4, Role: 1, Secret: 1, BGPPeer: 2, Namespace: 2 },
      '2 namespaces, 9 Services and 8 other objects',
    ],
    [{ Pod: 1, ConfigMap: 2, IPAddressPool: 1 }, '1 pool, 2 ConfigMaps and 1 Pod'],
  ];
  for (const [taken, want] of rows)
    it(want, () => assert.equal(describeApplied({ appliedByKind: new Map(Object.entries(taken)) }), want));
});

it('the help is at most 100 columns wide', () => {
  const lines = playgroundHelp().split('\n');
  assert.deepEqual(
    lines.filter((line) => line.length > 100),
    [],
  );
});

it('a path with characters that a shell interprets is quoted', () =>
  assert.ok(
    nextSteps({
      kubeconfig: "/tmp/it's here/k",
      dashboard: 'http://dashboard.example/',
      suggestions: [],
    }).includes(`  export KUBECONFIG='/tmp/it'\\''s here/k'`),
  ));

it('the dashboard comes first, where there is one', () => {
  const steps = { kubeconfig: 'k', suggestions: [] };
  const [first, address] = nextSteps({ ...steps, dashboard: 'http://dashboard.example/' });
  assert.deepEqual([first, address], ['In your browser:', '  http://dashboard.example/']);
  assert.equal(nextSteps({ ...steps, dashboard: null })[0], 'In another terminal:');
});
