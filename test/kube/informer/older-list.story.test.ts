import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { OLDER_LISTS_BELIEVED_AFTER } from '../../../src/kube/informer/older-list.ts';
import { type ReflectorHarness, startReflector } from '../support/reflector-harness.ts';
import { listOutcome, makeRaw, ScriptedClient } from '../support/scripted-client.ts';

describe('a server that goes back to older versions', () => {
  const goBack = async (t: TestContext, isLasting: boolean): Promise<ReflectorHarness> => {
    const client = new ScriptedClient();
    client.answer = () => listOutcome([makeRaw('a', '5'), makeRaw('new', '900')], '1000');
    const harness = startReflector(t, {}, client);
    const watch = await client.currentWatch();
    const startedAt = harness.clock.now();
    client.answer = () =>
      isLasting || harness.clock.now() < startedAt + OLDER_LISTS_BELIEVED_AFTER - 1_000
        ? listOutcome([makeRaw('a', '3')], '20')
        : listOutcome([makeRaw('a', '5'), makeRaw('new', '900')], '1001');
    watch.send([{ type: 'MODIFIED', object: makeRaw('a', '3') }]);
    return harness;
  };

  it('for a moment takes nothing away', async (t) => {
    const harness = await goBack(t, false);
    await harness.clock.advanceAsync(OLDER_LISTS_BELIEVED_AFTER - 2_000);
    assert.match(JSON.stringify(harness.states.at(-1)?.problem), /the list is older than what was seen/);
    await harness.clock.advanceAsync(60_000);
    assert.deepEqual(harness.events, ['all at 1000: a new', 'all at 1001: a new']);
  });

  it('for good, as after a restored backup, is believed', async (t) => {
    const harness = await goBack(t, true);
    await harness.clock.advanceAsync(OLDER_LISTS_BELIEVED_AFTER - 1);
    assert.deepEqual(harness.events, ['all at 1000: a new']);
    await harness.clock.advanceAsync(60_000);
    assert.deepEqual(harness.events, ['all at 1000: a new', 'all at 20: a']);
    const watch = await harness.client.currentWatch();
    assert.equal(watch.url.searchParams.get('resourceVersion'), '20');
  });
});
