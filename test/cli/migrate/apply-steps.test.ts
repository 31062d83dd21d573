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
  const told: string[] = [];
  const sender = {
    send: async ({ method, path }: { method: string; path: string }): Promise<ApiOutcome> => {
      sent.push(`${method} ${path}`);
      return outcomes[sent.length - 1] ?? fine;
    },
  };
  const done = await applySteps(sender, steps, ({ object }) => told.push(object));
  return { sent, told, error: done.ok ? null : done.error };
}

describe('performing steps', () => {
  it('does one after the other and tells each', async () => {
    const played = await applyWith([step('a'), step('b', 'DELETE')], []);
    assert.deepEqual(played, { sent: ['PATCH /a', 'DELETE /b'], told: ['a', 'b'], error: null });
  });

  it('stops at the first that fails', async () => {
    const { sent, told, error } = await applyWith([step('a'), step('b'), step('c')], [fine, refused(500)]);
    assert.deepEqual([sent.length, told], [2, ['a']]);
    assert.equal(error, 'b: refused with 500 R: m; nothing after it was done, run this again to go on');
  });

  it('says that somebody else was quicker', async () => {
    const { error } = await applyWith([step('a')], [refused(409)]);
    assert.equal(error, 'a: refused with 409 R: m; somebody changed it meanwhile: run this again');
  });

  it('takes what is gone as removed, and not as changed', async () => {
    assert.equal((await applyWith([step('a', 'DELETE')], [refused(404)])).error, null);
    assert.match((await applyWith([step('a')], [refused(404)])).error ?? '', /^a: refused with 404/);
  });
});
