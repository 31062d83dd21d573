/** Every finding: a cluster that has it, a cluster that nearly has it, and its edit. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { FINDING_CODES } from '../../../src/calico/findings/codes.ts';
import { diagnose } from '../../../src/calico/findings/diagnose.ts';
import type { Finding } from '../../../src/calico/findings/finding.ts';
import { applyEdits } from '../../../src/findings/apply-edits.ts';
import { specOf } from '../../../src/objects/metadata.ts';
import {
  calicoVersion,
  configurationPatch,
  DISABLED,
  exposedService,
  HEALTHY,
  MESH,
  object,
  peerPatch,
  withChanges,
} from '../support/clusters.ts';
import { ROWS } from '../support/finding-rows/all.ts';

const findingsOf = (objects: readonly Raw[]): readonly Finding[] =>
  diagnose(objects, { hashRouterId: () => 1, complete: true }).findings;

const codes = (findings: readonly Finding[], ...severities: readonly string[]): readonly string[] =>
  findings.filter(({ severity }) => severities.includes(severity)).map(({ code }) => code);

const WORDS_MAX = 25;

const sentencesOf = (text: string): readonly string[] => text.split(/(?<=[.?!]) (?=[\p{Lu}\d`])/u);

for (const { code, title, failing, nearMiss, hasNoEdit } of ROWS) {
  describe(`${code} ${FINDING_CODES[code]}: ${title}`, () => {
    const mine = (): readonly Finding[] => findingsOf(failing).filter((one) => one.code === code);

    it('is found', () =>
      assert.notEqual(mine().length, 0, JSON.stringify(codes(findingsOf(failing), 'error', 'warning'))));

    it('is not found in the near miss', () => {
      const those = findingsOf(nearMiss).filter((one) => one.code === code);
      assert.deepEqual(those, [], those[0]?.problem);
    });

    it('names an object, and has a problem and a fix in short sentences', () => {
      for (const {
        object: { kind, name },
        problem: what,
        remedy,
      } of mine()) {
        assert.notEqual(kind, '');
        assert.notEqual(name, '');
        assert.match(what, /^[\p{Lu}\d].*[.]$/su);
        assert.match(remedy, /[.?]$|--|=/u);
        assert.doesNotMatch(`${what} ${remedy}`, /undefined|\[object|null/);
        for (const sentence of sentencesOf(`${what} ${remedy}`))
          assert.ok(sentence.split(/\s+/).length <= WORDS_MAX, sentence);
      }
    });

    if (hasNoEdit === undefined) {
      it('disappears with its edit, which adds no error', () => {
        const before = findingsOf(failing);
        for (const one of before.filter((other) => other.code === code)) {
          assert.notEqual(one.edits.length, 0, one.problem);
          const after = findingsOf(applyEdits(failing, one.edits));
          const same = after.filter((other) => other.code === code && other.problem === one.problem);
          assert.deepEqual(same, []);
          const errors = codes(before, 'error');
          assert.deepEqual(
            codes(after, 'error').filter((other) => !errors.includes(other)),
            [],
            after[0]?.problem,
          );
        }
        const all = before.filter((other) => other.code === code).flatMap(({ edits }) => edits);
        const left = findingsOf(applyEdits(failing, all)).filter((other) => other.code === code);
        assert.deepEqual(left, [], left[0]?.problem);
      });
    }
  });
}

it('each code has a row', () => {
  const rows = new Set(ROWS.map(({ code }) => code));
  assert.deepEqual(
    Object.keys(FINDING_CODES).filter((code) => !rows.has(code as keyof typeof FINDING_CODES)),
    [],
  );
});

describe('no false alarm in the recommended set-ups', () => {
  const ownOnly = { cidr: '192.168.5.0/24', matchOperator: 'In', source: 'RemotePeers', action: 'Reject' };
  const setups: Readonly<Record<string, readonly [objects: readonly Raw[], warnings: readonly string[]]>> = {
    'A: mesh off, pods by VXLAN': [HEALTHY, []],
    'A: mesh off, every node takes its own AS': [
      withChanges({
        ...peerPatch({ numAllowedLocalASNumbers: 1, nodeSelector: 'all()' }),
        add: [object('IPPool', 'pods', { spec: { cidr: '10.244.0.0/16' } })],
      }),
      [],
    ],
    'C: mesh on, a filter against routes of other nodes': [
      withChanges({
        set: { 'BGPConfiguration/default': { spec: MESH }, 'BGPPeer/tor': { spec: { filters: ['own'] } } },
        add: [object('BGPFilter', 'own', { spec: { exportV4: [ownOnly] } })],
      }),
      [],
    ],
    'D: mesh on, single addresses': [withChanges(configurationPatch(DISABLED)), ['P5']],
    'E: mesh on, next hops kept': [
      withChanges({
        set: { 'BGPConfiguration/default': { spec: MESH }, 'BGPPeer/tor': { spec: { nextHopMode: 'Keep' } } },
      }),
      [],
    ],
  };
  for (const [name, [objects, warnings]] of Object.entries(setups)) {
    it(name, () => {
      assert.deepEqual(codes(findingsOf(objects), 'error'), []);
      assert.deepEqual(codes(findingsOf(objects), 'warning'), warnings);
    });
  }
});

describe('an input that is not complete', () => {
  const open = (objects: readonly Raw[]) => diagnose(objects, { hashRouterId: () => 1 });

  it('has undecided checks, and no findings about kinds that it lacks', () => {
    const only = HEALTHY.filter(
      (raw) => raw['kind'] === 'BGPConfiguration' || raw['kind'] === 'IPAddressPool',
    );
    const { findings, unknown } = open(only);
    assert.deepEqual(codes(findings, 'error', 'warning'), []);
    const peers = unknown.find(({ code }) => code === 'P11');
    assert.deepEqual(peers?.needs, ['BGPPeer', 'Node']);
    assert.match(peers?.says ?? '', /^cannot know /);
  });

  it('has findings that need no other kinds', () => {
    const only = withChanges(
      configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.6.7/24' }] }),
    ).filter((raw) => raw['kind'] === 'BGPConfiguration' || raw['kind'] === 'IPAddressPool');
    assert.deepEqual(codes(open(only).findings, 'error'), ['P1', 'P9']);
  });

  it('assumes that a missing Secret exists', () => {
    const wants = { password: { secretKeyRef: { name: 'bgp', key: 'tor' } } };
    assert.deepEqual(codes(open(withChanges(peerPatch(wants))).findings, 'error'), []);
  });

  it('does not report an address as lost without EndpointSlices', () => {
    const objects = withChanges(configurationPatch(DISABLED)).filter(
      (raw) => raw['kind'] !== 'EndpointSlice',
    );
    assert.deepEqual(codes(open(objects).findings, 'error'), []);
  });

  it('an object of crd.projectcalico.org is the same object', () => {
    const old = HEALTHY.map((raw) =>
      raw['apiVersion'] === 'projectcalico.org/v3' ? { ...raw, apiVersion: 'crd.projectcalico.org/v1' } : raw,
    );
    assert.deepEqual(findingsOf(old), findingsOf(HEALTHY));
  });
});

it('a thousand Services outside of the ranges give one finding', () => {
  const many = Array.from({ length: 1000 }, (_, index) =>
    exposedService(`s${index}`, { ip: `192.168.${6 + (index >> 8)}.${index & 255}` }),
  ).flat();
  const errors = findingsOf([...HEALTHY, ...many]).filter(({ severity }) => severity === 'error');
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['P1'],
  );
  assert.equal(errors[0]?.addresses.length, 1000);
  assert.ok((errors[0]?.problem.length ?? 0) < 500);
});

it('the version of the image takes precedence over ClusterInformation', () => {
  const image = object(
    'DaemonSet',
    'calico-node',
    {
      metadata: { namespace: 'kube-system' },
      spec: { template: { spec: { containers: [{ name: 'calico-node', image: 'calico/node:v3.31.2' }] } } },
    },
    'apps/v1',
  );
  assert.ok(
    findingsOf(withChanges({ add: [calicoVersion('v3.32.1'), image] })).some(({ code }) => code === 'P30'),
  );
});

it('findings do not depend on the order of the objects', () => {
  assert.deepEqual(findingsOf([...HEALTHY].reverse()), findingsOf(HEALTHY));
  assert.equal(specOf(HEALTHY[3] ?? {})['asNumber'], 64700);
});
