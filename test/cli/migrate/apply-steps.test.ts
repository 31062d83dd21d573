import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applySteps } from '../../../src/cli/migrate/apply-steps.ts';
import type { MigrationStep } from '../../../src/cli/migrate/step.ts';
import type { ApiOutcome } from '../../../src/kube/http/api-request.ts';

const step = (object: string, method: 'PATCH' | 'DELETE' = 'PATCH'): MigrationStep => ({
  object,
  does: 'something',
  request: { method, path: `/${object}` },
});

const fine: ApiOutcome = { kind: 'ok', status: 200, body: {} };
const refused = (status: number): ApiOutcome => ({
  kind: 'refused',
  status,
  reason: 'R',
  message: 'm',
  retryAfter: null,
});

async function applyWith(steps: readonly MigrationStep[], outcomes: readonly ApiOutcome[]) {
  const sent: string[] = [];
  const applied: string[] = [];
  const sender = {
    send: async ({ method, path }: { method: string; path: string }): Promise<ApiOutcome> => {
      sent.push(`${method} ${path}`);
      return outcomes[sent.length - 1] ?? fine;
    },
  };
  const done = await applySteps(sender, steps, ({ object }) => applied.push(object));
  return { sent, applied, error: done.ok ? null : done.error };
}

describe('taking steps', () => {
  it('takes one after the other and reports each', async () => {
    const played = await applyWith([step('a'), step('b', 'DELETE')], []);
    assert.deepEqual(played, { sent: ['PATCH /a', 'DELETE /b'], applied: ['a', 'b'], error: null });
  });

  it('stops at the first failure', async () => {
    const { sent, applied, error } = await applyWith([step('a'), step('b'), step('c')], [fine, refused(500)]);
    assert.deepEqual([sent.length, applied], [2, ['a']]);
    assert.equal(
      error,
      'b: refused with 500 R: m. Later steps were not taken: run the command again to continue',
    );
  });

  it('reports a conflict with another writer', async () => {
    const { error } = await applyWith([step('a')], [refused(409)]);
    assert.equal(error, 'a: refused with 409 R: m. It was changed meanwhile: run the command again');
  });

  it('takes a missing object as deleted, but not as changed', async () => {
    assert.equal((await applyWith([step('a', 'DELETE')], [refused(404)])).error, null);
    assert.match((await applyWith([step('a')], [refused(404)])).error ?? '', /^a: refused with 404/);
  });
});
