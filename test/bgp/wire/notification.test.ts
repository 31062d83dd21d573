/** Shutdown communications, hard resets, and the text of a NOTIFICATION. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newNotification } from '../../../src/bgp/wire/failure.ts';
import {
  encodeNotification,
  newCease,
  shutdownCommunication,
  unwrapHardReset,
  wrapInHardReset,
} from '../../../src/bgp/wire/notification.ts';
import { notificationText } from '../../../src/bgp/wire/notification-text.ts';
import { fromHex } from './support/captured-sessions.ts';

describe('a shutdown communication', () => {
  const rows: readonly (readonly [title: string, text: string, expected: string | null])[] = [
    ['decodes to the same text', 'Wartung bis 14 Uhr, grüße', 'Wartung bis 14 Uhr, grüße'],
    ['may be absent', '', null],
    ['may have 255 octets', 'a'.repeat(255), 'a'.repeat(255)],
    ['is truncated if it has more', 'a'.repeat(256), 'a'.repeat(255)],
    ['is truncated between characters', `a${'ü'.repeat(200)}`, `a${'ü'.repeat(127)}`],
    ['is truncated before a character of four octets', '🚢'.repeat(64), '🚢'.repeat(63)],
  ];
  for (const [title, text, expected] of rows) {
    it(title, () => assert.equal(shutdownCommunication(newCease(2, text)), expected));
  }

  it('is null if it is no Cease, is truncated, or is not UTF-8', () => {
    for (const [code, subcode, data] of [
      [3, 2, '0141'],
      [6, 7, '0141'],
      [6, 2, '0241'],
      [6, 2, '02c328'],
      [6, 2, ''],
    ] as const) {
      assert.equal(shutdownCommunication(newNotification(code, subcode, fromHex(data))), null);
    }
  });
});

describe('a NOTIFICATION', () => {
  const rows: readonly (readonly [message: ReturnType<typeof newNotification>, expected: string])[] = [
    [newNotification(4, 0), 'Hold Timer Expired (4/0)'],
    [newNotification(2, 2), 'OPEN Message Error / Bad Peer AS (2/2)'],
    [newNotification(6, 99), 'Cease (6/99)'],
    [newNotification(42, 1), 'unknown error (42/1)'],
    [newCease(2, 'back at "9"'), 'Cease / Administrative Shutdown (6/2): "back at \\"9\\""'],
    [wrapInHardReset(newCease(4, '')), 'Cease / Hard Reset (6/9): Cease / Administrative Reset (6/4)'],
    [newNotification(6, 9), 'Cease / Hard Reset (6/9)'],
  ];
  for (const [message, expected] of rows)
    it(expected, () => assert.equal(notificationText(message), expected));

  it('is unwrapped from a hard reset unchanged', () => {
    assert.deepEqual(unwrapHardReset(wrapInHardReset(newCease(2, 'x'))), newCease(2, 'x'));
    assert.equal(unwrapHardReset(newCease(2, 'x')), null);
  });

  it('is never longer than negotiated', () => {
    assert.equal(encodeNotification(newNotification(7, 1, new Uint8Array(65_535)), 4096).length, 4096);
  });

  it('is unwrapped only once', () => {
    const nested = wrapInHardReset(wrapInHardReset(newCease(2, 'x')));
    assert.equal(notificationText(nested), 'Cease / Hard Reset (6/9): Cease / Hard Reset (6/9)');
  });
});
