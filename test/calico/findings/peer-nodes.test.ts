/** Findings about a BGPPeer that no node has: they claim no effect of today, and stay until the field is corrected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { diagnose } from '../../../src/calico/findings/diagnose.ts';
import { object, withChanges } from '../support/clusters.ts';

const PASSWORD = { password: { secretKeyRef: { name: 'bgp', key: 'tor' } } };
const secret = (value: string): Raw => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'bgp', namespace: 'kube-system' },
  data: { tor: btoa(value) },
});

type Row = { readonly code: string; readonly spec: Raw; readonly add?: readonly Raw[] };

/** Fields that break a session, or BIRD, where a node has the BGPPeer. */
const ROWS: readonly Row[] = [
  { code: 'P36', spec: { peerIP: '10.10.0.9' } },
  { code: 'P53', spec: { peerIP: '0.0.0.0', asNumber: 65_100 } },
  { code: 'P53', spec: { peerIP: 'fe80::9', asNumber: 65_100 } },
  { code: 'P14', spec: { peerIP: '10.10.0.9', asNumber: 65_100, ...PASSWORD } },
  {
    code: 'P14',
    spec: { peerIP: '10.10.0.9', asNumber: 65_100, ...PASSWORD },
    add: [{ ...secret('s3cret'), data: { other: '' } }],
  },
  { code: 'P15', spec: { peerIP: '10.10.0.9', asNumber: 65_100, ...PASSWORD }, add: [secret('s3cret\n')] },
];

const NOWHERE = { nodeSelector: "rack == 'r99'" };
const SOMEWHERE = { nodeSelector: 'has(node-role.kubernetes.io/worker)' };

const problemsOf = (row: Row, where: Raw, isComplete = true): readonly string[] => {
  const objects = withChanges({
    add: [object('BGPPeer', 'second', { spec: { ...row.spec, ...where } }), ...(row.add ?? [])],
  });
  const known = isComplete ? objects : objects.filter(({ kind }) => kind !== 'Node');
  return diagnose(known, { hashRouterId: () => 1, complete: isComplete })
    .findings.filter(({ code }) => code === row.code)
    .map(({ problem }) => problem);
};

for (const row of ROWS) {
  const field = `${row.code} ${JSON.stringify(row.spec)}`;

  test(`${field}: a BGPPeer of no node has no sessions and breaks no BIRD today`, () => {
    const [problem, ...others] = problemsOf(row, NOWHERE);
    assert.deepEqual(others, []);
    assert.match(problem ?? '', /^No node has /);
    assert.doesNotMatch(problem ?? '', /every node that has|announces nothing|^Sessions|^BIRD/);
  });

  test(`${field}: of some nodes, it has`, () => {
    const [problem] = problemsOf(row, SOMEWHERE);
    assert.match(problem ?? '', /^(Sessions of|BIRD rejects) /);
  });
}

test('where nodes are not known, the nodes are not named', () => {
  const row = { code: 'P36', spec: { peerIP: '10.10.0.9' } };
  assert.deepEqual(problemsOf(row, NOWHERE, false), [
    'BIRD rejects its whole configuration on every node that has the peer, and announces nothing from there. BGPPeer second has no asNumber.',
  ]);
});
