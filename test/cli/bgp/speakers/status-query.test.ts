/** `berth bgp peers`, `routes` and `why` against status ports that the test opens. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { runBgp } from '../../../../src/cli/bgp/run.ts';
import { RESPONSE_TIMEOUT } from '../../../../src/cli/bgp/speakers/status-query.ts';
import { endpointSlice, peer, service, serviceWithEndpoint } from '../../../announce/support/cluster.ts';
import { until } from '../../../bgp/transport/support/test-peer.ts';
import { startLoopback } from '../../../kube/support/loopback-server.ts';
import { oneService, R1, settledHarness, smallCluster } from '../../../speaker/support/speaker-harness.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { runCommand } from '../../support/run-command.ts';
import {
  assertFitsTerminal,
  clusterWithDownSession,
  runBgpAgainst,
  startStatusServer,
} from '../../support/status-servers.ts';

const LIMIT = { timeout: 240_000 };

describe('bgp peers', LIMIT, () => {
  it('ends with 0 if all sessions are established, and prints them as a table', async (test) => {
    const { code, out, err } = await runBgpAgainst(
      ['peers'],
      [await startStatusServer(test, await settledHarness(...oneService()), 'n1')],
    );
    assert.deepEqual([code, err], [0, '']);
    assertFitsTerminal(out);
    const [first, head, row] = out.split('\n');
    assert.equal(first, '1 of 1 session established');
    assert.match(
      head ?? '',
      /^NODE +PEER +ADDRESS +AS +STATE +UP\/DOWN +HOLD +IPV +SENT +PENDING +WITHHELD$/,
    );
    assert.match(row ?? '', /^n1 +r1 +10\.213\.0\.1:179 +64512 +Established +0 s +90 s +4\+6 +1 +0 +0$/);
  });

  it('begins with the last error, once for all nodes', async (test) => {
    const says = 'the peer rejects our AS number 64500: OPEN Message Error / Bad Peer AS (2/2)';
    const urls = await Promise.all(
      ['n1', 'n2'].map(async (node) => startStatusServer(test, await clusterWithDownSession(says), node)),
    );
    const { code, out } = await runBgpAgainst(['peers'], urls);
    assert.equal(code, 3);
    assertFitsTerminal(out);
    const lines = out.split('\n');
    assert.equal(lines[0], says);
    assert.match(lines[1] ?? '', /^ {2}BGPPeer r1, 10\.213\.0\.1:179, AS 64512, from AS 64500 on n1, n2/);
    assert.match(out, /Connect: established until .*, 5 s ago/);
    assert.match(out, /0 of 2 sessions established/);
    assert.equal(out.split(says).length, 2);
  });

  it('names a BGPPeer that is not valid', async (test) => {
    const harness = await settledHarness(
      ...smallCluster(peer('tor', { peerAddress: R1, bfdProfile: 'none' })),
    );
    const { code, out } = await runBgpAgainst(['peers'], [await startStatusServer(test, harness, 'n1')]);
    assert.equal(code, 3);
    assert.match(out, /^peer tor referencing non existing bfd profile none\n {2}BGPPeer tor is not valid/);
  });

  it('lists a speaker that does not answer, and shows the others', async (test) => {
    const up = await startStatusServer(test, await settledHarness(...oneService()), 'n1');
    const { code, out } = await runBgpAgainst(['peers'], ['http://127.0.0.1:1', up]);
    assert.equal(code, 5);
    assert.match(
      out,
      /1 of 2 speakers did not answer\n {2}http:\/\/127\.0\.0\.1:1: its port 1 refuses the connection/,
    );
    assert.match(out, /1 of 1 session established/);
  });

  for (const words of [['peers'], ['routes'], ['why', 'web/a']]) {
    const [name] = words;
    it(`${name} ends with 1 if no speaker answers, and with 5 if only some do, whatever the others say`, async (test) => {
      const dead = 'http://127.0.0.1:1';
      const none = await runBgpAgainst(words, [dead]);
      assert.deepEqual(
        [none.code, none.err],
        [1, `berth bgp ${name}: 1 of 1 speaker did not answer: the output says why\n`],
      );
      const up = await startStatusServer(test, await settledHarness(...oneService()), 'n1');
      const part = await runBgpAgainst(words, [dead, up]);
      assert.deepEqual(
        [part.code, part.err],
        [5, `berth bgp ${name}: 1 of 2 speakers did not answer: the output says why\n`],
      );
      const says = 'the peer rejects our AS number 64500';
      const down = await startStatusServer(test, await clusterWithDownSession(says), 'n2');
      const broken = await runBgpAgainst(words, [dead, down]);
      assert.equal(broken.code, 5);
      assert.match(
        broken.out,
        /the peer rejects our AS number 64500|the session is|no session/,
        'the problem is printed',
      );
    });
  }

  it('does not say of a Service that no node advertises it while a speaker is silent', async (test) => {
    const up = await startStatusServer(test, await settledHarness(...oneService()), 'n1');
    const { code, out } = await runBgpAgainst(['why', 'web/other'], ['http://127.0.0.1:1', up]);
    assert.equal(code, 5);
    assert.match(out, /\nno node that answered advertises web\/other: there is no Service/i);
  });

  it('waits a limited time for a speaker that does not answer', async (test) => {
    const mute = await startLoopback(test, () => {});
    const up = await startStatusServer(test, await settledHarness(...oneService()), 'n1');
    const clock = new FakeClock();
    const ended = runBgpAgainst(['peers'], [up, mute.url], clock);
    await until(() => mute.requests.length === 1 && clock.pending === 2);
    await clock.advanceAsync(RESPONSE_TIMEOUT);
    const { code, out } = await ended;
    assert.equal(code, 5);
    assert.match(out, /no answer within 5 s/);
    assert.match(out, /1 of 1 session established/);
  });

  it('cuts long names, but no numbers', async (test) => {
    const name = `tor-${'x'.repeat(90)}`;
    const harness = await settledHarness(
      ...smallCluster(peer(name, { peerAddress: R1 })),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    );
    const { out } = await runBgpAgainst(['peers'], [await startStatusServer(test, harness, 'n'.repeat(80))]);
    assertFitsTerminal(out);
    assert.match(out, /n… {2}tor-x+… {2}.*64512 {2}Established/);
  });

  it('prints the whole documents as JSON and YAML', async (test) => {
    const url = await startStatusServer(test, await settledHarness(...oneService()), 'n1');
    const { out } = await runBgpAgainst(['peers', '-o', 'json'], [url, 'http://127.0.0.1:1']);
    const { speakers } = JSON.parse(out);
    assert.deepEqual([speakers[0].node, speakers[0].peers[0].agreed.holdTime], ['n1', 90]);
    assert.match(speakers[1].error, /refuses the connection/);
    assert.match((await runBgpAgainst(['peers', '-o', 'yaml'], [url])).out, /^speakers:\n {2}- node: n1$/m);
  });
});

describe('bgp routes', LIMIT, () => {
  it('shows the advertised routes of a session', async (test) => {
    const { code, out } = await runBgpAgainst(
      ['routes'],
      [await startStatusServer(test, await settledHarness(...oneService()), 'n1')],
    );
    assert.equal(code, 0);
    assertFitsTerminal(out);
    assert.match(out, /^n1 to r1, 10\.213\.0\.1:179: 1 prefix advertised$/m);
    assert.match(out, /^ {2}10\.20\.1\.1\/32 +10\.213\.0\.11 +64500 +- +- +-$/m);
  });

  it('shows what is not advertised, and why', async (test) => {
    const { code, out } = await runBgpAgainst(
      ['routes'],
      [await startStatusServer(test, await clusterWithDownSession('no answer'), 'n1')],
    );
    assert.equal(code, 3);
    assert.match(out, /the session is Connect/);
    assert.match(out, /no-session: 10\.20\.1\.1\/32: no session: its state is Connect/);
  });

  it('fails for a BGPPeer without a session', async (test) => {
    const { code, err } = await runBgpAgainst(
      ['routes', '--peer', 'x'],
      [await startStatusServer(test, await settledHarness(...oneService()), 'n1')],
    );
    assert.equal(code, 1);
    assert.match(err, /no speaker has a session of a BGPPeer x/);
  });
});

describe('bgp why', LIMIT, () => {
  const away = (policy: Raw): readonly Raw[] => [
    ...oneService().slice(0, 4),
    service('a', ['10.20.1.1'], policy),
    endpointSlice('a', [{ addresses: ['10.244.1.9'], nodeName: 'n2' }]),
  ];
  const local = { externalTrafficPolicy: 'Local' };

  it('shows which nodes advertise a Service to which routers, and why the others do not', async (test) => {
    const urls = [
      await startStatusServer(test, await settledHarness(...oneService()), 'n1'),
      await startStatusServer(test, await settledHarness(...away(local)), 'n2'),
    ];
    const { code, out } = await runBgpAgainst(['why', 'a', '-n', 'web'], urls);
    assert.equal(code, 0);
    assertFitsTerminal(out);
    assert.match(
      out,
      /^Service web\/a\n {2}n1 advertises 10\.20\.1\.1\/32 to r1\n {2}n2 does not advertise it: externalTrafficPolicy is Local/,
    );
    assert.match(out, /\n\nweb\/a is advertised by 1 of 2 nodes \(n1\), to r1\.\n$/);
  });

  it('ends with the fix if no node advertises it', async (test) => {
    const { code, out } = await runBgpAgainst(
      ['why', 'a', '-n', 'web'],
      [await startStatusServer(test, await settledHarness(...away(local)), 'n9')],
    );
    assert.equal(code, 3);
    assert.match(
      out,
      /\n\nno node advertises web\/a: externalTrafficPolicy is Local, and no endpoint on this node/,
    );
    assert.match(
      out,
      /\nFix: get a Pod of the Service ready on n9, or set\s+spec\.externalTrafficPolicy to Cluster\n$/,
    );
  });

  it('concludes from the node that passed most checks', async (test) => {
    const urls = [
      await startStatusServer(test, await settledHarness(...oneService().slice(0, 4)), 'n1'),
      await startStatusServer(test, await settledHarness(...away(local)), 'n2'),
    ];
    const { out } = await runBgpAgainst(['why', 'a', '-n', 'web', '-o', 'json'], urls);
    const { announced, conclusion, change } = JSON.parse(out);
    assert.equal(announced, false);
    assert.match(conclusion, /externalTrafficPolicy is Local/);
    assert.match(change, /on n2/);
  });

  it('takes NAMESPACE/NAME and KIND/NAME', async (test) => {
    const urls = [await startStatusServer(test, await settledHarness(...oneService()), 'n1')];
    const asked = await Promise.all(
      [['web/a'], ['web/a', '-n', 'web'], ['svc/a', '-n', 'web']].map((words) =>
        runBgpAgainst(['why', ...words], urls),
      ),
    );
    for (const { code, out } of asked) assert.deepEqual([code, out.split('\n')[0]], [0, 'Service web/a']);
  });

  it('names the session if only that is missing', async (test) => {
    const { code, out } = await runBgpAgainst(
      ['why', 'a', '-n', 'web'],
      [await startStatusServer(test, await clusterWithDownSession('x'), 'n1')],
    );
    assert.equal(code, 3);
    assert.match(out, /n1 should advertise web\/a, and no session is established/);
    assert.match(out, /berth bgp peers/);
  });
});

const usageErrors: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [['why'], /the Service is missing/],
  [['why', 'web/a', '-n', 'shop'], /web\/a is in the namespace web, and -n says shop/],
  [['why', 'a', 'b'], /unexpected "b"/],
  [['peers', '--peer', 'x'], /there is no flag --peer here: it belongs to bgp routes/],
  [['peers', '--speaker', 'n1'], /is not a URL/],
  [['peers', '--speaker', 'http://n1', '--node', 'n1'], /leave it out beside --speaker/],
  [['peers', '-o', 'hex'], /--output is "hex"; it takes text, json, yaml/],
  [['decode', '-o', 'yaml'], /--output is "yaml"; it takes text, json, hex/],
  [
    ['dial', '10.0.0.1', '--node', 'x'],
    /there is no flag --node here: it belongs to bgp peers, bgp routes, bgp why/,
  ],
];
for (const [args, says] of usageErrors) {
  it(`bgp ${args.join(' ')} is a usage error`, async () => {
    const { code, err } = await runCommand(runBgp, args);
    assert.equal(code, 2);
    assert.match(err, says);
  });
}
