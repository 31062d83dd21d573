/** MetalLB's programs, by image, container and labels, and what is none of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { findMetallbContainer, type MetallbRole, repositoryOf } from '../../src/objects/metallb-program.ts';

type Row = readonly [says: string, image: string, role: MetallbRole | null, more?: { name?: string } & Raw];

const METALLB_LABELS = { app: 'metallb' };

const ROWS: readonly Row[] = [
  ["MetalLB's own image", 'quay.io/metallb/speaker:v0.15.2', 'speaker'],
  ['without a registry and a tag', 'metallb/controller', 'controller'],
  ['by digest', 'quay.io/metallb/speaker@sha256:00ff', 'speaker'],
  ['a copy below a path', 'mirror.example.com:5000/quay.io/metallb/speaker:v1', 'speaker'],
  ['a copy with a flat name', 'mirror.example.com:5000/metallb-speaker:v1', 'speaker'],
  ["Rancher's copy", 'rancher/mirrored-metallb-controller:v1', 'controller'],
  [
    "OpenShift's, with one image for both",
    'openshift4/metallb-rhel9:v4.19',
    'controller',
    { name: 'controller' },
  ],
  ['the operator is none', 'openshift4/metallb-rhel9-operator:v4.19', null, { name: 'manager' }],
  ['the operator of MetalLB is none', 'quay.io/metallb/metallb-operator:v1', null, { name: 'manager' }],
  [
    'FRR beside the speaker is none',
    'quay.io/frrouting/frr:10',
    null,
    { name: 'frr', labels: METALLB_LABELS },
  ],
  [
    'an image that says nothing, with labels',
    'mirror.example.com/agent:1',
    'speaker',
    { labels: METALLB_LABELS },
  ],
  ['an image that says nothing, without labels', 'mirror.example.com/agent:1', null],
  ['Berth in the place of MetalLB', 'ghcr.io/x/berth:1', null, { labels: METALLB_LABELS }],
  ['a copy of Berth there', 'mirror.example.com/b:1', null, { labels: METALLB_LABELS, args: ['speaker'] }],
];

describe('a program of MetalLB', () => {
  for (const [says, image, role, { name = 'speaker', labels = {}, ...more } = {}] of ROWS) {
    const spec = { containers: [{ name, image, ...more }] };
    for (const raw of [
      { metadata: { labels }, spec },
      { metadata: { labels }, spec: { template: { spec } } },
    ])
      it(`${says}${'template' in raw.spec ? ', in a workload' : ''}`, () => {
        const found = (['speaker', 'controller'] as const).filter(
          (one) => findMetallbContainer(raw, one) !== null,
        );
        assert.deepEqual(found, role === null ? [] : [role]);
      });
  }
});

it('a repository is an image without tag and digest', () => {
  for (const image of ['r:5000/a/b', 'r:5000/a/b:v1', 'r:5000/a/b:v1@sha256:00', 'r:5000/a/b@sha256:00'])
    assert.equal(repositoryOf(image), 'r:5000/a/b');
});
