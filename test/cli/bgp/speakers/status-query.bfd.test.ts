/** `berth bgp peers` and `why` about BFD. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bfdHarness } from '../../../speaker/support/bfd-harness.ts';
import { R1 } from '../../../speaker/support/speaker-harness.ts';
import { assertFitsTerminal, runBgpAgainst, startStatusServer } from '../../support/status-servers.ts';

const LIMIT = { timeout: 240_000 };

describe('bgp peers', LIMIT, () => {
  it('has a column for BFD where a session has it', async (test) => {
    const harness = await bfdHarness();
    harness.bfd.comesUp(R1);
    const { code, out } = await runBgpAgainst(['peers'], [await startStatusServer(test, harness, 'n1')]);
    assert.equal(code, 0);
    assertFitsTerminal(out);
    assert.match(out, /PENDING +WITHHELD +BFD\n/);
    assert.match(out, /^n1 +r1 .* +Up$/m);
    assert.doesNotMatch(out, /without BFD/);
  });

  it('remarks that a session runs without its BFD, and why', async (test) => {
    const { code, out } = await runBgpAgainst(
      ['peers'],
      [await startStatusServer(test, await bfdHarness(), 'n1')],
    );
    assert.equal(code, 0, 'the BGP session is established');
    assert.match(out, /^n1 +r1 .* +Down$/m);
    assert.match(out.replace(/\s+/g, ' '), /the session with r1 runs without BFD: no BFD packet of the peer/);
  });

  it('begins with the reason when BFD ended the session', async (test) => {
    const harness = await bfdHarness();
    harness.bfd.comesUp(R1);
    harness.bfd.goesDown(R1);
    const { code, out } = await runBgpAgainst(['peers'], [await startStatusServer(test, harness, 'n1')]);
    assert.equal(code, 3);
    assert.match(
      out,
      /^BFD received no packet of the peer within the detection time: the peer or the path from it/,
    );
  });

  it('prints timers and counters as JSON', async (test) => {
    const harness = await bfdHarness({ spec: { ebgpMultiHop: true } });
    harness.bfd.comesUp(`${R1} multihop`);
    const url = await startStatusServer(test, harness, 'n1');
    const { speakers } = JSON.parse((await runBgpAgainst(['peers', '-o', 'json'], [url])).out);
    const { profile, multihop, state, says, transmitInterval, detectionTime, counters } =
      speakers[0].peers[0].bfd;
    assert.deepEqual(
      [profile, multihop, state, says, transmitInterval, detectionTime],
      ['fast', true, 'Up', null, 300, 900],
    );
    assert.equal(counters.packetsReceived, 0);
  });
});

describe('bgp why', LIMIT, () => {
  it('says that a router is told without BFD', async (test) => {
    const harness = await bfdHarness();
    const url = await startStatusServer(test, harness, 'n1');
    const { code, out } = await runBgpAgainst(['why', 'a', '-n', 'web'], [url]);
    assert.equal(code, 0);
    assert.match(
      out.replace(/\s+/g, ' '),
      /n1 advertises 10\.20\.1\.1\/32 to r1, without BFD: no BFD packet of the peer arrived/,
    );
    harness.bfd.comesUp(R1);
    assert.doesNotMatch((await runBgpAgainst(['why', 'a', '-n', 'web'], [url])).out, /BFD/);
  });
});
