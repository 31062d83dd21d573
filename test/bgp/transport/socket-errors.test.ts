/** Each socket error has a sentence with the problem and its likely cause, without errno or system call. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Remote } from '../../../src/bgp/session/remote.ts';
import {
  describeConnectionLoss,
  describeDialError,
  describeListenError,
  describeNoAnswer,
} from '../../../src/bgp/transport/socket-errors.ts';
import { address, remoteAt } from './support/test-peer.ts';

const ROUTER = remoteAt(179, { address: address('192.0.2.1') });
const socketError = (code: string) => ({ code, message: `connect ${code} 192.0.2.1:179` });

describe('an outbound connection that fails', () => {
  const rows: readonly (readonly [code: string, more: Partial<Remote>, text: string])[] = [
    [
      'ECONNREFUSED',
      {},
      '192.0.2.1 refuses the connection: no BGP speaker listens on that port, or a firewall rejects it',
    ],
    [
      'ECONNREFUSED',
      { port: 1179 },
      '192.0.2.1 port 1179 refuses the connection: no BGP speaker listens on that port, or a firewall rejects it',
    ],
    ['ETIMEDOUT', {}, '192.0.2.1 does not answer'],
    [
      'ETIMEDOUT',
      { password: 'p' },
      '192.0.2.1 does not answer: a wrong or missing password on either side has the same symptom',
    ],
    [
      'ETIMEDOUT',
      { ttlSecurity: 1 },
      '192.0.2.1 does not answer: a peer that is more hops away than TTL security allows has the same symptom',
    ],
    ['ECONNRESET', {}, '192.0.2.1 closed the connection before it was established'],
    ['ENETUNREACH', {}, 'this node has no route to 192.0.2.1'],
    ['EHOSTUNREACH', {}, '192.0.2.1 is unreachable: no host on its network answers for that address'],
    ['EADDRNOTAVAIL', {}, 'this node has no source address for connections to 192.0.2.1'],
    [
      'EADDRNOTAVAIL',
      { source: address('192.0.2.9') },
      'the source address 192.0.2.9 is not configured on this node',
    ],
    [
      'EINVAL',
      { source: address('2001:db8::9') },
      'the source address 2001:db8::9 is not of the address family of 192.0.2.1',
    ],
    ['EINVAL', {}, 'the connection to 192.0.2.1 failed: invalid argument'],
    ['EPERM', {}, 'the firewall of this node blocks connections to 192.0.2.1'],
    ['EMFILE', {}, 'no connection to 192.0.2.1 can be opened: too many open files'],
    ['ENETDOWN', {}, 'the connection to 192.0.2.1 failed: network is down'],
    ['EWHAT', {}, 'the connection to 192.0.2.1 failed: unknown system error'],
  ];
  for (const [code, more, text] of rows) {
    it(`${code}: ${text}`, () =>
      assert.equal(describeDialError(socketError(code), { ...ROUTER, ...more }), text));
  }

  it('gets no answer for some time', () => {
    assert.equal(describeNoAnswer(ROUTER, 119_600), '192.0.2.1 did not answer within 120 s');
  });
});

describe('a connection that is lost', () => {
  const closedEarly =
    '192.0.2.1 closed the connection before its OPEN: it expects no session from this address, already has one, or is waiting after an error';
  const rows: readonly (readonly [code: string | null, hasReceived: boolean, text: string])[] = [
    [null, false, closedEarly],
    ['ECONNRESET', false, closedEarly],
    [null, true, '192.0.2.1 closed the connection'],
    ['ECONNRESET', true, '192.0.2.1 reset the connection'],
    ['EPIPE', true, '192.0.2.1 reset the connection'],
    ['ETIMEDOUT', true, '192.0.2.1 stopped answering'],
    ['EHOSTUNREACH', true, 'the connection to 192.0.2.1 failed: host is unreachable'],
  ];
  for (const [code, hasReceived, text] of rows) {
    it(`${code ?? 'closed by the peer'}${hasReceived ? '' : ', nothing received'}: ${text}`, () =>
      assert.equal(
        describeConnectionLoss(code === null ? null : socketError(code), ROUTER, hasReceived),
        text,
      ));
  }
});

describe('a listening port that cannot be opened', () => {
  const rows: readonly (readonly [code: string, text: string])[] = [
    ['EADDRINUSE', 'port 179 is already in use: another BGP speaker runs on this node'],
    [
      'EACCES',
      'port 179 cannot be opened, permission denied: ports below 1024 need the capability NET_BIND_SERVICE',
    ],
    ['EWHAT', 'port 179 cannot be opened: unknown system error'],
  ];
  for (const [code, text] of rows) {
    it(`${code}: ${text}`, () => assert.equal(describeListenError(socketError(code), 179), text));
  }
});
