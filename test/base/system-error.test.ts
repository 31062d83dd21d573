/** Sentences for system errors: each names the problem and the fix, and none shows an errno or a system call. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listenErrorText, systemErrorText } from '../../src/base/system-error.ts';

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
