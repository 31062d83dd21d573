/** `berth bgp dial` against a session driver on loopback. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import type { Remote } from '../../../../src/bgp/session/remote.ts';
import { CEASE } from '../../../../src/bgp/wire/codes.ts';
import { decodePrefixes } from '../../../../src/bgp/wire/nlri.ts';
import { encodeEndOfRib } from '../../../../src/bgp/wire/write/pack.ts';
import { runBgp } from '../../../../src/cli/bgp/run.ts';
import { formatPrefix } from '../../../../src/net/prefix.ts';
import { createTerminal } from '../../../../src/observe/terminal.ts';
import { EAST, listen, remoteAt, TestPeer, until } from '../../../bgp/transport/support/test-peer.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { CapturedStream, runCommand } from '../../support/run-command.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const LIMIT = { timeout: 240_000 };
const LOCAL_FLAGS = ['--as', '64500', '--peer-as', '64501', '--router-id', '10.0.0.1'];

/** A run that goes on until it is stopped. */
class DialRun {
  readonly stdout = new CapturedStream();
  readonly stderr = new CapturedStream();
  readonly clock = new FakeClock();
  readonly #stop = new AbortController();
  readonly ended: Promise<number>;

  constructor(...args: readonly string[]) {
    const { stdout, stderr, clock } = this;
    const stdin = Readable.from([]);
    const context = {
      ...{ program: 'berth', version: '1', environment: {}, home: '', stdin, clock },
      stdout: createTerminal(stdout, {}),
      stderr: createTerminal(stderr, {}),
    };
    this.ended = runBgp(['dial', ...args], context, () => this.#stop.signal);
  }

  stop(): Promise<number> {
    this.#stop.abort();
    return this.ended;
  }

  waitFor(text: RegExp): Promise<void> {
    return until(() => text.test(this.stdout.text));
  }
}

async function startRouter(
  test: TestContext,
  more: Partial<Remote> = {},
): Promise<{ readonly at: string; readonly peer: TestPeer }> {
  const listener = await listen(test);
  const peer = new TestPeer(test, EAST, remoteAt(0, more));
  await listener.expect(remoteAt(0, more), (socket) => peer.driver.accept(socket));
  peer.driver.start();
  return { at: `127.0.0.1:${listener.port}`, peer };
}

describe('a router that accepts the session', LIMIT, () => {
  it('is logged line by line, and gets a shutdown NOTIFICATION', async (test) => {
    const { at, peer } = await startRouter(test);
    peer.onStateChange = (to) => {
      if (to === 'Established') peer.driver.write(encodeEndOfRib(4));
    };
    const dialling = new DialRun(at, ...LOCAL_FLAGS);
    await dialling.waitFor(/End-of-RIB/);
    assert.equal(await dialling.stop(), 0);
    const output = dialling.stdout.text;
    for (const line of [
      / {2}Connect: connecting to 127\.0\.0\.1 port \d+$/m,
      / {2}OpenSent: .*OPEN sent: AS 64500, identifier 10\.0\.0\.1, hold time 90 s$/m,
      / {2}OpenConfirm: OPEN received: AS 64501, identifier 10\.0\.0\.2, hold time 90 s$/m,
      / {4}it offers IPv6 unicast$/m,
      / {2}negotiated: external \(eBGP\), hold time 90 s, IPv4 unicast, IPv6 unicast, route refresh/m,
      / {2}IPv4: 0 announcements received, End-of-RIB$/m,
      /NOTIFICATION sent: Cease \/ Administrative Shutdown/,
    ]) {
      assert.match(output, line);
    }
    assert.match(
      output,
      / {2}The session with 127\.0\.0\.1 port \d+ \(AS 64501, identifier 10\.0\.0\.2\) works for IPv4 unicast and IPv6 unicast, received 0 IPv4 announcements and 0 IPv6 announcements\.\n$/,
    );
    await peer.reaches('Idle');
    assert.match(peer.lastReason, /"berth bgp dial is over"/);
  });

  it('receives the advertised prefixes, with a next hop of each family', async (test) => {
    const { at, peer } = await startRouter(test);
    const announced = ['192.0.2.0/24', '198.51.100.1/32', '2001:db8::/48'];
    const flags = announced.flatMap((prefix) => ['--announce', prefix]);
    const dialling = new DialRun(at, ...LOCAL_FLAGS, ...flags, '--next-hop', '192.0.2.1,2001:db8::1');
    await until(() => peer.received.length === 4);
    const routes = peer.received.flatMap((message) => (message.kind === 'update' ? message.announced : []));
    assert.deepEqual(
      routes.flatMap(({ nlri }) => decodePrefixes(nlri).map(formatPrefix)),
      announced,
    );
    const [first] = peer.received;
    assert.ok(first?.kind === 'update');
    assert.deepEqual(first.attributes?.asPath, [{ kind: 'sequence', asns: [64_500] }]);
    assert.equal(await dialling.stop(), 0);
  });

  it('is logged as JSON, an object a line', async (test) => {
    const { at } = await startRouter(test);
    const dialling = new DialRun(at, ...LOCAL_FLAGS, '-o', 'json');
    await dialling.waitFor(/"agreed"/);
    dialling.clock.advance(10_000);
    assert.equal(await dialling.ended, 0);
    const lines = dialling.stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.filter(({ event }) => event === 'state').map(({ to }) => to),
      ['Connect', 'OpenSent', 'OpenConfirm', 'Established', 'Idle'],
    );
    const { says: _, ...conclusion } = lines.at(-1);
    const { problem, ...rest } = conclusion;
    assert.match(problem, /^the session with .* works for IPv4 unicast and IPv6 unicast, /);
    assert.deepEqual(rest, {
      ...{ seconds: 10, event: 'conclusion', established: true, kind: 'established', fix: null },
    });
  });

  it('may have a password', { skip: process.platform !== 'linux' }, async (test) => {
    const { at } = await startRouter(test, { password: 'opens' });
    const file = join(createTempFolder(test, {}), 'password');
    writeFileSync(file, 'opens\n');
    const dialling = new DialRun(at, ...LOCAL_FLAGS, '--password-file', file);
    await dialling.waitFor(/negotiated/);
    assert.equal(await dialling.stop(), 0);
  });
});

describe('a router that refuses the session', LIMIT, () => {
  it('makes the command end with 1 and the cause', async (test) => {
    const { at } = await startRouter(test);
    const dialling = new DialRun(at, '--as', '65000', '--peer-as', '64501', '--router-id', '10.0.0.1');
    await dialling.waitFor(/Bad Peer AS/);
    assert.equal(await dialling.stop(), 1);
    assert.match(
      dialling.stderr.text,
      /^berth bgp dial: no session with 127\.0\.0\.1 port \d+ was established: .*Bad Peer AS/,
    );
    assert.match(
      dialling.stdout.text,
      / {2}No session with .*Bad Peer AS \(2\/2\)\. Fix: set --as to the number that the router expects .*65000 there\.\n$/,
    );
  });

  it('has another AS than the flag says: the conclusion has the right flag', async (test) => {
    const { at } = await startRouter(test);
    const dialling = new DialRun(at, '--as', '64500', '--peer-as', '65000', '--router-id', '10.0.0.1');
    await dialling.waitFor(/Bad Peer AS/);
    assert.equal(await dialling.stop(), 1);
    assert.match(
      dialling.stdout.text,
      /\. Fix: use --peer-as 64501, or correct the AS number of the router\.\n$/,
    );
  });

  it('ends an established session: the conclusion says after how long and why', async (test) => {
    const { at, peer } = await startRouter(test);
    const dialling = new DialRun(at, ...LOCAL_FLAGS);
    await dialling.waitFor(/negotiated/);
    await peer.reaches('Established');
    dialling.clock.advance(500);
    peer.driver.stop(CEASE.maximumPrefixes, '');
    await dialling.waitFor(/Idle/);
    assert.equal(await dialling.stop(), 0);
    assert.match(
      dialling.stdout.text,
      / {2}The session with .* was established, and ended after 0\.5 s: .*Maximum Number of Prefixes Reached.*\. Fix: announce fewer prefixes, or raise the limit of this neighbour on the router\.\n$/,
    );
  });

  it('does not listen', async (test) => {
    const listener = await listen(test);
    const { port } = listener;
    listener.close();
    const dialling = new DialRun(`127.0.0.1:${port}`, ...LOCAL_FLAGS);
    await dialling.waitFor(/refuses the connection/);
    assert.equal(await dialling.stop(), 1);
    assert.match(
      dialling.stdout.text,
      /refuses the connection: .*\. Fix: configure the address of this node as a neighbour/,
    );
  });

  it('cannot be reached from an address that the node does not have', async (test) => {
    const { at } = await startRouter(test);
    const dialling = new DialRun(at, ...LOCAL_FLAGS, '--source', '192.0.2.1');
    await dialling.waitFor(/Idle/);
    assert.equal(await dialling.stop(), 1);
    assert.match(dialling.stderr.text, /the source address 192\.0\.2\.1 is not configured on this node/);
  });
});

const failures: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
  [LOCAL_FLAGS, 2, /the router is missing/],
  [['10.0.0.2', '--peer-as', '1'], 2, /--as is missing/],
  [['10.0.0.2', '--as', '0', '--peer-as', '1'], 2, /--as: "0" is not an AS number: 1 to 4294967295$/m],
  [['10.0.0.2', '--as', '1'], 2, /--peer-as is the AS number of the router/],
  [['10.0.0.2:99999', ...LOCAL_FLAGS], 2, /port 99999 is not valid/],
  [['router', ...LOCAL_FLAGS], 2, /the router: "router"/],
  [['224.0.0.1', ...LOCAL_FLAGS], 2, /the router: "224\.0\.0\.1" is a multicast address/],
  [['fe80::1', ...LOCAL_FLAGS], 2, /the router: "fe80::1" is a link-local address .*without an interface/],
  [['0.0.0.0', ...LOCAL_FLAGS], 2, /the router: "0\.0\.0\.0" is an unspecified address/],
  [['10.0.0.2', '--source', 'ff02::1', ...LOCAL_FLAGS], 2, /--source: "ff02::1" is a multicast address/],
  [['10.0.0.2', 'more', ...LOCAL_FLAGS], 2, /unexpected "more"/],
  [
    ['10.0.0.2', ...LOCAL_FLAGS, '-f', '-'],
    2,
    /there is no flag --file here: it belongs to bgp model, bgp decode/,
  ],
  [['10.0.0.2', ...LOCAL_FLAGS, '-o', 'hex'], 2, /--output is "hex"; it takes text, json/],
  [['10.0.0.2', ...LOCAL_FLAGS, '--hold', '2'], 2, /--hold is 0, or 3 and more/],
  [['10.0.0.2', ...LOCAL_FLAGS, '--announce', '192.0.2.1/24'], 2, /has host bits set/],
  [['10.0.0.2', ...LOCAL_FLAGS, '--announce', '2001:db8::/32'], 2, /needs an IPv6 --next-hop/],
  [['10.0.0.2', ...LOCAL_FLAGS, '--password-file', '/nowhere/at/all'], 1, /the password cannot be read/],
];

for (const [args, code, says] of failures) {
  it(`bgp dial ${args.join(' ')}`, async () => {
    const ended = await runCommand(runBgp, ['dial', ...args]);
    assert.equal(ended.code, code);
    assert.match(ended.err, says);
  });
}

it('takes an IPv6 address with a port', async (test) => {
  const listener = await listen(test, 6);
  const dialling = new DialRun(`[::1]:${listener.port}`, ...LOCAL_FLAGS);
  await dialling.waitFor(/Connect: connecting to ::1 port \d+$/m);
  assert.equal(await dialling.stop(), 1);
});
