/** kube-score judges the manifests: each of its complaints has an answer in docs/deploy.md, and no answer is left without its complaint. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { findClient } from '../support/client-binaries.ts';
import { findKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { named, render, skipWithoutHelm } from './support/chart.ts';

type Check = {
  readonly check: { readonly id: string };
  readonly grade: number;
  readonly skipped: boolean;
};
type Judged = {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string };
  readonly checks: readonly Check[];
};

/** Of kube-score: 1 is critical, 5 a warning, 7 nearly well, 10 well. */
const WELL = 7;
const MODES = ['controller-only', 'calico', 'native', 'layer2'];

/** The rows of the table: `check of`. */
function answers(): readonly string[] {
  const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
  const [, section = ''] = page.split('### What kube-score says\n');
  const [table = ''] = section.split('\n## ');
  return [...table.matchAll(/^\| `([^`]+)` \| `([^`]+)` \| .+ \|$/gm)].map(
    ([, check, of]) => `${check} ${of}`,
  );
}

function complaints(manifests: string): readonly string[] {
  const kubeScore = findClient('kube-score');
  assert.ok(kubeScore.isAvailable);
  const args = ['score', '--output-format', 'json', '--kubernetes-version', 'v1.31', '-'];
  const { stdout, stderr } = spawnSync(kubeScore.path, args, { input: manifests, encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  const judged: readonly Judged[] = JSON.parse(stdout);
  assert.ok(judged.length > 0, 'it judged nothing');
  return judged.flatMap(({ type_meta, object_meta, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade < WELL)
      .map(({ check }) => `${check.id} ${type_meta.kind}/${object_meta.name}`),
  );
}

function manifestsOf(mode: string): string {
  const parts = findKubernetesBinaries();
  assert.ok(parts.isAvailable);
  const base = execFileSync(parts.kubectl, ['kustomize', join(root, 'deploy', mode)], { encoding: 'utf8' });
  const { code, stdout, stderr } = render(named(mode));
  assert.equal(code, 0, stderr);
  return `${base}\n---\n${stdout}`;
}

describe('what kube-score says of the manifests', { skip: skipWithoutHelm }, () => {
  it('is answered, complaint by complaint', () => {
    const answered = answers();
    assert.ok(answered.length > 0, 'the table is missing');
    const found = new Set(MODES.flatMap((mode) => complaints(manifestsOf(mode))));
    const isAnswer = (answer: string, complaint: string): boolean =>
      answer === complaint || answer === `${complaint.split(' ')[0]} *`;
    const open = [...found].filter((complaint) => !answered.some((answer) => isAnswer(answer, complaint)));
    assert.deepEqual(open, [], 'without an answer');
    const idle = answered.filter((answer) => ![...found].some((complaint) => isAnswer(answer, complaint)));
    assert.deepEqual(idle, [], 'without a complaint');
  });
});
