/** Sentences for system errors: each names the problem and the fix, and none shows an errno or a system call. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { createSecureContext } from 'node:tls';
import { failureText, listenErrorText, systemErrorText } from '../../src/base/system-error.ts';

describe('the text of a system error', () => {
  it("is the system's description of the code", () => {
    assert.equal(systemErrorText({ code: 'ENETDOWN' }), 'network is down');
  });

  it('does not repeat a code that the system does not know', () => {
    assert.equal(systemErrorText({ code: 'EWHAT' }), 'unknown system error');
  });
});

describe('a port that cannot be opened', () => {
  const hints = { inUse: 'choose another', denied: 'choose a higher one', notAvailable: 'check --host' };
  const rows: readonly (readonly [code: string, host: string | null, text: string])[] = [
    ['EADDRINUSE', null, 'port 179 is already in use: choose another'],
    ['EACCES', null, 'port 179 cannot be opened, permission denied: choose a higher one'],
    [
      'EADDRNOTAVAIL',
      '192.0.2.1',
      'port 179 of 192.0.2.1 cannot be opened, this machine does not have the address: check --host',
    ],
    ['ENOBUFS', null, 'port 179 cannot be opened: no buffer space available'],
  ];
  for (const [code, host, text] of rows) {
    it(`${code}: ${text}`, () => assert.equal(listenErrorText({ code }, { port: 179, host }, hints), text));
  }
});

describe('the reason of a failure', () => {
  const errorOf = (run: () => Promise<unknown>): Promise<unknown> =>
    run().then(
      () => null,
      (error: unknown) => error,
    );

  it('of real files and connections names no errno and no system call', async () => {
    const dial = (): Promise<unknown> =>
      new Promise((_, reject) => {
        connect({ port: 1, host: '127.0.0.1' }).on('error', reject);
      });
    const rows: readonly (readonly [run: () => Promise<unknown>, text: string])[] = [
      [() => readFile('/nowhere/at/all'), 'there is no such file or folder'],
      [() => readFile('/'), 'it is a folder'],
      [() => writeFile('/dev/null/x', ''), 'a part of its path is not a folder'],
      [dial, '127.0.0.1 port 1 refuses the connection: nothing listens there, or a firewall rejects it'],
    ];
    for (const [run, text] of rows) assert.equal(failureText(await errorOf(run)), text);
  });

  const coded = (code: string, more: object = {}): Error =>
    Object.assign(new Error(`connect ${code}`), { code, ...more });

  const rows: readonly (readonly [what: string, error: unknown, text: string])[] = [
    [
      'a name',
      coded('ENOTFOUND', { hostname: 'api.example' }),
      'the name api.example does not exist: check its spelling and the DNS server',
    ],
    [
      'a time-out',
      coded('ETIMEDOUT', { address: 'fd00::1', port: 6443 }),
      'fd00::1 port 6443 does not answer: it is down, or a firewall drops the packets',
    ],
    ['a rare code of the system', coded('ENETDOWN'), 'network is down'],
    [
      'several attempts',
      new AggregateError([coded('ENETUNREACH', { address: '10.0.0.1', port: 443 })]),
      'this machine has no route to 10.0.0.1 port 443',
    ],
    [
      'a closed connection',
      Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
      'the connection was closed by the other side',
    ],
    [
      'an error of TLS',
      Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' }),
      'certificate has expired',
    ],
    ['an error of our own', new Error('the server has no CA'), 'the server has no CA'],
    ['a thrown text', 'stopped', 'stopped'],
  ];
  for (const [what, error, text] of rows) it(`of ${what}`, () => assert.equal(failureText(error), text));

  it('of OpenSSL has no code either', () => {
    let reason = '';
    try {
      createSecureContext({ cert: 'x', key: 'y' });
    } catch (error) {
      reason = failureText(error);
    }
    assert.match(reason, /^[a-z ]+$/);
  });
});
