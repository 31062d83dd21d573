import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TransitionDetails } from '../../../../src/bgp/session/events.ts';
import { receivedNotificationText } from '../../../../src/bgp/session/received-notification.ts';
import type { Remote } from '../../../../src/bgp/session/remote.ts';
import {
  describeConnectionLoss,
  describeDialError,
  describeNoAnswer,
} from '../../../../src/bgp/transport/socket-errors.ts';
import { CEASE, ERROR, OPEN_ERROR } from '../../../../src/bgp/wire/codes.ts';
import { newNotification } from '../../../../src/bgp/wire/failure.ts';
import { concludeDial, conclusionText, type DialFacts } from '../../../../src/cli/bgp/dial/conclusion.ts';
import type { DialOptions } from '../../../../src/cli/bgp/dial/options.ts';
import { remoteAt, WEST } from '../../../bgp/transport/support/test-peer.ts';

const REMOTE = remoteAt(179);
const OPTIONS: DialOptions = { settings: WEST, remote: REMOTE, announced: [], nextHops: {} };
const NOTHING: DialFacts = { established: null, peerOpen: null, notified: null, problem: '' };

const withRemote = (more: Partial<Remote>): DialOptions => ({ ...OPTIONS, remote: remoteAt(179, more) });

const NO_ROUTE = describeDialError({ code: 'ENETUNREACH' }, REMOTE);

const connectionRows: readonly [problem: string, options: DialOptions, kind: string, fix: RegExp][] = [
  [
    describeDialError({ code: 'ECONNREFUSED' }, REMOTE),
    OPTIONS,
    'refused',
    /as a neighbour on the router, and let its firewall accept TCP port 179/,
  ],
  [NO_ROUTE, OPTIONS, 'no-route', /^add a route to 127\.0\.0\.1 on this node/],
  [
    describeDialError({ code: 'EHOSTUNREACH' }, REMOTE),
    OPTIONS,
    'unreachable',
    /check that the router is up/,
  ],
  [
    describeDialError({ code: 'ETIMEDOUT' }, REMOTE),
    OPTIONS,
    'no-answer',
    /if the router requires a password, add --password-file$/,
  ],
  [
    describeNoAnswer(remoteAt(179, { password: 'x' }), 5000),
    withRemote({ password: 'x' }),
    'no-answer',
    /^give both sides the same password/,
  ],
  [
    describeNoAnswer(remoteAt(179, { ttlSecurity: 1 }), 5000),
    withRemote({ ttlSecurity: 1 }),
    'no-answer',
    /number of hops in --ttl-security$/,
  ],
  [
    describeDialError({ code: 'EADDRNOTAVAIL' }, REMOTE),
    OPTIONS,
    'no-source',
    /^set --source to an address of this node/,
  ],
  [
    describeDialError({ code: 'EPERM' }, REMOTE),
    OPTIONS,
    'blocked-here',
    /^let the firewall of this node pass/,
  ],
  [describeConnectionLoss(null, REMOTE, false), OPTIONS, 'closed-before-open', /refuses a second one$/],
  [
    '127.0.0.1 has not connected to port 179 of this node, or a firewall blocks it',
    OPTIONS,
    'not-dialled',
    /^let the router connect/,
  ],
  ['127.0.0.1 port 179 accepted the connection and sent no OPEN', OPTIONS, 'no-open', /--ttl-security 1/],
  ['127.0.0.1 port 179 sent its OPEN and did not confirm ours', OPTIONS, 'not-confirmed', /--ttl-security 1/],
  [describeDialError({ code: 'EMFILE' }, REMOTE), OPTIONS, 'other', /read its log$/],
];

describe('a connection that fails', () => {
  for (const [problem, options, kind, fix] of connectionRows) {
    it(`${kind}: ${problem}`, () => {
      const concluded = concludeDial({ ...NOTHING, problem }, options);
      assert.deepEqual([concluded.established, concluded.kind], [false, kind]);
      assert.ok(concluded.problem.endsWith(problem));
      assert.match(concluded.fix ?? '', fix);
      assert.match(conclusionText(concluded), /^No session with .*\. Fix: .*[^.]\.$/);
    });
  }

  it('without anything seen: more time', () => {
    const { kind, fix } = concludeDial(NOTHING, OPTIONS);
    assert.deepEqual([kind, fix], ['waiting', 'give it more time with --for']);
  });
});

const received = (code: number, subcode: number): TransitionDetails => {
  const notification = newNotification(code, subcode);
  const text = receivedNotificationText(WEST, notification);
  return { cause: 'notified', text, sent: null, received: notification };
};
const sent = (code: number, subcode: number, text: string): TransitionDetails => ({
  ...{ cause: 'bad-open', text },
  sent: newNotification(code, subcode),
  received: null,
});

const notificationRows: readonly [details: TransitionDetails, kind: string, fix: RegExp][] = [
  [received(ERROR.open, OPEN_ERROR.badPeerAs), 'wrong-as', /^set --as .*, or configure 64500 there$/],
  [
    received(ERROR.open, OPEN_ERROR.badIdentifier),
    'wrong-identifier',
    /--router-id: the router refuses 10\.0\.0\.1$/,
  ],
  [received(ERROR.open, OPEN_ERROR.holdTime), 'hold-time', /another --hold than 90/],
  [received(ERROR.open, OPEN_ERROR.unsupportedCapability), 'capability', /not require that capability/],
  [received(ERROR.open, OPEN_ERROR.version), 'open-refused', /read the log of the router/],
  [received(ERROR.cease, CEASE.connectionRejected), 'closed-by-router', /as a neighbour on the router/],
  [received(ERROR.cease, CEASE.administrativeShutdown), 'closed-by-router', /^enable the neighbour/],
  [received(ERROR.cease, CEASE.collision), 'closed-by-router', /^stop the other session/],
  [received(ERROR.holdTimer, 0), 'hold-expired', /small MTU/],
  [received(ERROR.update, 1), 'protocol-error', /names the message that it refused/],
  [
    sent(ERROR.open, OPEN_ERROR.badPeerAs, 'the peer is in AS 64502, expected AS 64501'),
    'wrong-as',
    /^use --peer-as 64502, or correct the AS number of the router$/,
  ],
  [sent(ERROR.open, OPEN_ERROR.badIdentifier, 'x'), 'wrong-identifier', /two different BGP Identifiers/],
  [sent(ERROR.open, OPEN_ERROR.holdTime, 'x'), 'hold-time', /0, or to 3 s and more/],
  [sent(ERROR.open, OPEN_ERROR.unsupportedCapability, 'x'), 'capability', /IPv4 unicast or IPv6 unicast$/],
  [sent(ERROR.header, 1, 'x'), 'protocol-error', /berth bgp decode/],
];

describe('a session that ends with a NOTIFICATION', () => {
  for (const [details, kind, fix] of notificationRows) {
    it(`${kind}: ${details.received === null ? 'sent: ' : ''}${details.text}`, () => {
      // What follows, such as a refused connection, explains less.
      const concluded = concludeDial({ ...NOTHING, notified: details, problem: NO_ROUTE }, OPTIONS);
      assert.equal(concluded.kind, kind);
      assert.ok(concluded.problem.includes(details.text));
      assert.match(concluded.fix ?? '', fix);
    });
  }
});
