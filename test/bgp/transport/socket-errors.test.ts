/** Each kind of trouble has its sentence, and the sentence its fix. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Remote } from '../../../src/bgp/session/remote.ts';
import {
  describeConnectionLoss,
  describeDialError,
  describeListenError,
  describeNoAnswer,
} from '../../../src/bgp/transport/socket-errors.ts';
import { address, remoteAt } from './support/test-peer.ts';

const ROUTER = remoteAt(179, { address: address('192.0.2.1') });
const socketError = (code: string) => ({ code, message: `as Node says it, ${code}` });

const dialErrors: readonly (readonly [code: string, more: Partial<Remote>, says: string])[] = [
  [
    'ECONNREFUSED',
    {},
    '192.0.2.1 refuses the connection: no speaker of BGP listens there, or a firewall says so',
  ],
  [
    'ECONNREFUSED',
    { port: 1179 },
    '192.0.2.1 port 1179 refuses the connection: no speaker of BGP listens there, or a firewall says so',
  ],
  ['ETIMEDOUT', {}, '192.0.2.1 gives no answer'],
  [
    'ETIMEDOUT',
    { password: 'p' },
    '192.0.2.1 gives no answer: a wrong or missing password at either side looks just like this',
  ],
  [
    'ETIMEDOUT',
    { ttlSecurity: 1 },
    '192.0.2.1 gives no answer: a peer that is farther away than TTL security allows looks just like this',
  ],
  ['ECONNRESET', {}, '192.0.2.1 hung up before the connection was made'],
  ['ENETUNREACH', {}, 'this node has no route to 192.0.2.1'],
  ['EHOSTUNREACH', {}, '192.0.2.1 cannot be reached: nobody on its network answers for it'],
  ['EADDRNOTAVAIL', {}, 'this node has no address from which to reach 192.0.2.1'],
  ['EADDRNOTAVAIL', { source: address('192.0.2.9') }, 'the source address 192.0.2.9 is not on this node'],
  [
    'EINVAL',
    { source: address('2001:db8::9') },
    'the source address 2001:db8::9 is not of the family of 192.0.2.1',
  ],
  ['EINVAL', {}, '192.0.2.1 cannot be dialled: as Node says it, EINVAL'],
  ['EPERM', {}, 'this node does not let a connection to 192.0.2.1 out: its firewall forbids it'],
  ['EMFILE', {}, 'no connection can be made: too many files are open'],
  ['EWHAT', {}, '192.0.2.1 cannot be dialled: as Node says it, EWHAT'],
];

for (const [code, more, says] of dialErrors) {
  it(`dialling, ${code}: ${says}`, () =>
    assert.equal(describeDialError(socketError(code), { ...ROUTER, ...more }), says));
}

const connectionLosses: readonly (readonly [code: string | null, heard: boolean, says: string])[] = [
  [
    null,
    false,
    '192.0.2.1 hung up as soon as it was spoken to: it expects no session from this address, has one already, or rests after an error',
  ],
  [
    'ECONNRESET',
    false,
    '192.0.2.1 hung up as soon as it was spoken to: it expects no session from this address, has one already, or rests after an error',
  ],
  [null, true, '192.0.2.1 closed the connection'],
  ['ECONNRESET', true, '192.0.2.1 reset the connection'],
  ['EPIPE', true, '192.0.2.1 reset the connection'],
  ['ETIMEDOUT', true, '192.0.2.1 no longer answers'],
  ['EHOSTUNREACH', true, 'the connection with 192.0.2.1 broke: as Node says it, EHOSTUNREACH'],
];

for (const [code, heard, says] of connectionLosses) {
  it(`afterwards, ${code ?? 'in peace'}: ${says}`, () =>
    assert.equal(describeConnectionLoss(code === null ? null : socketError(code), ROUTER, heard), says));
}

it('no answer says how long it was waited for', () => {
  assert.equal(describeNoAnswer(ROUTER, 119_600), '192.0.2.1 gave no answer for 120 s');
});

const listenErrors: readonly (readonly [code: string, says: RegExp])[] = [
  ['EADDRINUSE', /^port 179 is taken: another speaker/],
  ['EACCES', /^port 179 may not be opened: .*NET_BIND_SERVICE/],
  ['EWHAT', /^port 179 cannot be opened: as Node says it/],
];

for (const [code, says] of listenErrors) {
  it(`a port, ${code}`, () => assert.match(describeListenError(socketError(code), 179), says));
}
