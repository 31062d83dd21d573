/** `berth bgp decode`: captures of real daemons, and invalid input. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runBgp } from '../../../../src/cli/bgp/run.ts';
import { capturedSessions } from '../../../bgp/wire/support/captured-sessions.ts';
import { runCommand } from '../../support/run-command.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const decode = (stdin: string, ...args: readonly string[]) =>
  runCommand(runBgp, ['decode', ...args], { stdin });

const MARKER = 'ff'.repeat(16);
const KEEPALIVE = `${MARKER}001304`;
/** 192.0.2.0/24 by 10.0.0.1, LOCAL_PREF 7, graceful-shutdown. */
const UPDATE = `${MARKER} 003d 02 0000 0022 400101 00 400206 0201 0000fc00 400304 0a000001 400504 00000007 c00804 ffff0000 18c00002`;

describe('bgp decode', () => {
  it('prints the content of a message', async () => {
    const { code, out, err } = await decode(`${KEEPALIVE}\n${UPDATE} # and a comment\n`);
    assert.deepEqual([code, err], [0, '']);
    assert.equal(
      out,
      `0: KEEPALIVE, 19 octets
19: UPDATE, 61 octets
  next hop 10.0.0.1
  advertises 192.0.2.0/24
  origin igp
  AS path 64512
  local preference 7
  communities graceful-shutdown
`,
    );
  });

  it('prints which attributes an external session discards', async () => {
    const { code, out } = await decode(UPDATE, '--external');
    assert.equal(code, 0);
    assert.match(out, /\n {2}LOCAL_PREF came from an eBGP peer: attribute-discard \(RFC 7606 7\.5\)\n/);
    assert.doesNotMatch(out, /local preference/);
  });

  it('reads AS numbers of two octets on request', async () => {
    const { out } = await decode(UPDATE, '--two-octet-as');
    assert.match(out, /AS_PATH .*: treat-as-withdraw/);
  });

  for (const { name, left, right } of capturedSessions) {
    for (const [side, { messages, means }] of Object.entries({ left, right })) {
      it(`reads ${name}, ${side}, as octets, and encodes it to the same routes`, async (test) => {
        const file = join(createTempFolder(test, {}), 'stream');
        writeFileSync(file, Buffer.from(messages.join(''), 'hex'));
        const old = name.includes('two-octet') ? ['--two-octet-as'] : [];
        const first = await decode('', '-f', file, '-o', 'json', ...old);
        assert.equal(first.code, 0, first.err);
        const values = JSON.parse(first.out).messages;
        assert.equal(values.length, messages.length);
        assert.equal(values[0].asn, means.asn);
        const again = await decode('', '-f', file, '-o', 'hex', ...old);
        assert.equal(again.code, 0, again.err);
        const second = await decode(again.out, '-o', 'json', ...old);
        assert.equal(second.code, 0, second.err);
        assert.deepEqual(routesIn(JSON.parse(second.out).messages), routesIn(values));
        const text = await decode('', '-f', file, ...old);
        for (const { prefix } of means.routes) assert.ok(text.out.includes(`advertises ${prefix}\n`));
      });
    }
  }
});

type DecodedValue = {
  readonly withdrawn?: readonly string[];
  readonly announced?: readonly { readonly prefixes: readonly string[] }[];
  readonly attributes?: unknown;
};

/** Routes without their messages: Berth encodes withdrawals and announcements separately. */
const routesIn = (values: readonly DecodedValue[]): unknown[] =>
  values.flatMap(({ withdrawn = [], announced = [], attributes }) => [
    ...withdrawn,
    ...announced.map((one) => ({ ...one, attributes })),
  ]);

const failures: readonly (readonly [
  says: string,
  args: readonly string[],
  stdin: string,
  code: number,
  err: RegExp,
])[] = [
  ['for a text that is no hex', [], 'hello', 1, /standard input: is neither BGP messages nor hex digits/],
  ['for half an octet', [], `${KEEPALIVE}0`, 1, /is neither BGP messages/],
  ['for a missing file', ['-f', '/nowhere/at/all'], '', 1, /nowhere.*there is no such file/],
  [
    'for half a message',
    [],
    KEEPALIVE.slice(0, 30),
    1,
    /after 0 messages, at octet 0: the input ends within a message/,
  ],
  [
    'for an invalid message after a valid one',
    [],
    `${KEEPALIVE}${MARKER}001306`,
    1,
    /after 1 message, at octet 19: there are no messages of type 6; it is answered with NOTIFICATION Message Header Error \/ Bad Message Type \(1\/3\)/,
  ],
  [
    'for an UPDATE that ends a session',
    [],
    `${MARKER}001702 00090000`,
    1,
    /ends within its withdrawn routes.*\(3\/1\)/,
  ],
  ['for an unknown output', ['-o', 'yaml'], '', 2, /--output is "yaml"; it takes text, json, hex/],
  ['for a surplus operand', ['more'], '', 2, /^berth bgp decode: unexpected "more"/],
];

describe('bgp decode fails', () => {
  for (const [says, args, stdin, code, err] of failures) {
    it(says, async () => {
      const ended = await decode(stdin, ...args);
      assert.equal(ended.code, code);
      assert.match(ended.err, err);
    });
  }

  it('also in JSON, after the valid messages', async () => {
    const { code, out } = await decode(`${KEEPALIVE}${MARKER}001306`, '-o', 'json');
    assert.equal(code, 1);
    const { messages, failure } = JSON.parse(out);
    assert.deepEqual(messages, [{ at: 0, bytes: 19, kind: 'keepalive' }]);
    assert.equal(failure.at, 19);
    assert.deepEqual(failure.notification, { kind: 'notification', code: 1, subcode: 3, data: '06' });
  });

  it('the flags of decode are errors for model', async () => {
    const { code, err } = await runCommand(runBgp, ['model', '-f', '-', '--external'], { stdin: '{}' });
    assert.equal(code, 2);
    assert.match(err, /there is no flag --external here: it belongs to bgp decode/);
  });
});
