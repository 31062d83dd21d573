/** The owner of status objects, where the API server does not answer, or refuses. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ApiOutcome } from '../../../../src/kube/http/api-request.ts';
import { findStatusOwner } from '../../../../src/speaker/main/status/status-owner.ts';
import { refusedOutcome, ScriptedClient } from '../../../kube/support/scripted-client.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const POD: ApiOutcome = { kind: 'ok', status: 200, body: { metadata: { name: 'speaker-x', uid: 'u1' } } };
const PLACE = { namespace: 'metallb-system', name: 'speaker-x' };

describe('the owner of status objects', () => {
  let client: ScriptedClient;
  let clock: FakeClock;
  let isOver: boolean;
  beforeEach(() => {
    client = new ScriptedClient();
    clock = new FakeClock();
    isOver = false;
  });

  const find = (place = PLACE) => findStatusOwner({ client, clock, random: () => 0.5 }, place, () => isOver);

  it('is the Pod, which is read until there is an answer', async () => {
    const answers: ApiOutcome[] = [
      { kind: 'unknown', because: 'timed out' },
      { kind: 'unsent', because: 'ECONNREFUSED' },
      refusedOutcome(503),
      refusedOutcome(429),
      POD,
    ];
    client.answer = () => answers.shift() ?? assert.fail('one read too many');
    const owner = find();
    await clock.advanceAsync(60_000);
    assert.deepEqual(await owner, { name: 'speaker-x', uid: 'u1' });
  });

  for (const status of [403, 404]) {
    it(`is nobody where the Pod is refused with ${status}`, async () => {
      client.answer = () => refusedOutcome(status);
      assert.equal(await find(), null);
      assert.equal(client.requests.length, 1);
    });
  }

  it('is nobody, without a read, where the name of the Pod is not known', async () => {
    assert.equal(await find({ ...PLACE, name: '' }), null);
    assert.deepEqual(client.requests, []);
  });

  it('is not looked for any more when the process ends', async () => {
    client.answer = () => refusedOutcome(503);
    const owner = find();
    await clock.advanceAsync(0);
    isOver = true;
    await clock.advanceAsync(60_000);
    assert.equal(await owner, null);
    assert.deepEqual([client.requests.length, clock.pending], [1, 0]);
  });
});
