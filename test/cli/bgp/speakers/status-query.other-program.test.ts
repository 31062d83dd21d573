/** At the port of a speaker, another program answers with JSON: that is no answer of a speaker, and nothing is judged by it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { respondJson, startLoopback } from '../../../kube/support/loopback-server.ts';
import { oneService, settledHarness } from '../../../speaker/support/speaker-harness.ts';
import { runBgpAgainst, startStatusServer } from '../../support/status-servers.ts';

for (const words of [['peers'], ['routes'], ['why', 'web/a']]) {
  it(`bgp ${words[0]} does not judge by it`, async (test) => {
    const { url } = await startLoopback(test, (_, response) =>
      respondJson(response, 200, { metadata: { resourceVersion: '1' }, items: [] }),
    );
    const alone = await runBgpAgainst(words, [url]);
    assert.equal(alone.code, 1);
    assert.match(alone.out, /what answers at port \d+ is not the status API of a\s+speaker/);
    const up = await startStatusServer(test, await settledHarness(...oneService()), 'n1');
    assert.equal((await runBgpAgainst(words, [url, up])).code, 5);
  });
}
