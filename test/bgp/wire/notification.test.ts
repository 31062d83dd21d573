/** What a NOTIFICATION says to people, and what it wraps. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { notification } from '../../../src/bgp/wire/failure.ts';
import {
  communicationOf,
  encodeNotification,
  hardReset,
  shutdown,
  wrappedIn,
} from '../../../src/bgp/wire/notification.ts';
import { notificationText } from '../../../src/bgp/wire/notificationtext.ts';
import { fromHex } from './captured.ts';

describe('a shutdown communication', () => {
  const rows: readonly (readonly [says: string, text: string, want: string | null])[] = [
    ['is read as it was written', 'Wartung bis 14 Uhr, grüße', 'Wartung bis 14 Uhr, grüße'],
    ['may be absent', '', null],
    ['may have 255 octets', 'a'.repeat(255), 'a'.repeat(255)],
    ['is cut where it has more', 'a'.repeat(256), 'a'.repeat(255)],
    ['is cut between characters', `a${'ü'.repeat(200)}`, `a${'ü'.repeat(127)}`],
    ['is cut before a character of four octets', '🚢'.repeat(64), '🚢'.repeat(63)],
  ];
  for (const [says, text, want] of rows) {
    it(says, () => assert.equal(communicationOf(shutdown(2, text)), want));
  }

  it('is nobody’s where it is no Cease, is cut, or is no UTF-8', () => {
    for (const [code, subcode, data] of [
      [3, 2, '0141'],
      [6, 7, '0141'],
      [6, 2, '0241'],
      [6, 2, '02c328'],
      [6, 2, ''],
    ] as const) {
      assert.equal(communicationOf(notification(code, subcode, fromHex(data))), null);
    }
  });
});

describe('a NOTIFICATION', () => {
  const rows: readonly (readonly [message: ReturnType<typeof notification>, want: string])[] = [
    [notification(4, 0), 'Hold Timer Expired (4/0)'],
    [notification(2, 2), 'OPEN Message Error / Bad Peer AS (2/2)'],
    [notification(6, 99), 'Cease (6/99)'],
    [notification(42, 1), 'unknown error (42/1)'],
    [shutdown(2, 'back at "9"'), 'Cease / Administrative Shutdown (6/2): "back at \\"9\\""'],
    [hardReset(shutdown(4, '')), 'Cease / Hard Reset (6/9): Cease / Administrative Reset (6/4)'],
    [notification(6, 9), 'Cease / Hard Reset (6/9)'],
  ];
  for (const [message, want] of rows) it(want, () => assert.equal(notificationText(message), want));

  it('comes out of a hard reset as it went in', () => {
    assert.deepEqual(wrappedIn(hardReset(shutdown(2, 'x'))), shutdown(2, 'x'));
    assert.equal(wrappedIn(shutdown(2, 'x')), null);
  });

  it('is never longer than agreed', () => {
    assert.equal(encodeNotification(notification(7, 1, new Uint8Array(65_535)), 4096).length, 4096);
  });

  it('is unwrapped once: who nests them says nothing more', () => {
    const nested = hardReset(hardReset(shutdown(2, 'x')));
    assert.equal(notificationText(nested), 'Cease / Hard Reset (6/9): Cease / Hard Reset (6/9)');
  });
});
