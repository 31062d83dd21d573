import assert from 'node:assert/strict';
import { it } from 'node:test';
import { diagnose } from '../../../src/calico/findings/diagnose.ts';
import { reportRouters, routerChecklist } from '../../../src/calico/report/router-report.ts';
import { HEALTHY, object, peerPatch, withChanges } from '../support/clusters.ts';

function checklist(objects: typeof HEALTHY): readonly string[] {
  const { snapshot } = diagnose(objects, { hashRouterId: () => 1, complete: true });
  const [report] = reportRouters(snapshot.converged, snapshot.assigned);
  assert.ok(report !== undefined);
  return routerChecklist(report);
}

it('a router needs its neighbours, and ECMP where several nodes announce', () => {
  const [neighbours, ...rest] = checklist(HEALTHY);
  assert.equal(neighbours, 'neighbours: 10.10.0.11 (w1), 10.10.0.12 (w2); AS 64700');
  assert.ok(rest.includes('ECMP over at least 2 next hops, for prefixes of every length'));
});

it('one next hop needs no ECMP', () => {
  const lines = checklist(withChanges(peerPatch({ nodeSelector: "kubernetes.io/hostname == 'w1'" })));
  assert.ok(!lines.some((line) => line.startsWith('ECMP')), lines.join('\n'));
});

it('a router without a session needs no neighbour', () => {
  const off = object(
    'Installation',
    'default',
    { spec: { calicoNetwork: { bgp: 'Disabled' } } },
    'operator.tigera.io/v1',
  );
  const lines = checklist([...HEALTHY, off]);
  assert.deepEqual(lines, ['no node has a session with it: it needs no neighbour yet']);
});
