/** Builds decode failures: errors that end the session with a NOTIFICATION. */
import { err } from '../../base/result.ts';
import { ERROR, HEADER_ERROR, OPEN_ERROR, UPDATE_ERROR } from './codes.ts';
import type { DecodeFailure, Notification } from './message.ts';

export const NO_DATA = new Uint8Array(0);

export type DecodeFailed = { readonly ok: false; readonly error: DecodeFailure };

export const newNotification = (code: number, subcode: number, data: Uint8Array = NO_DATA): Notification => ({
  kind: 'notification',
  code,
  subcode,
  data,
});

/** Copies `data`, since the receive buffer is reused. */
export const decodeFailure = (
  [code, subcode]: readonly [code: number, subcode: number],
  reason: string,
  rfc: string,
  data: Uint8Array = NO_DATA,
): DecodeFailed => err({ notification: newNotification(code, subcode, data.slice()), reason, rfc });

export const headerFailure = (
  error: keyof typeof HEADER_ERROR,
  reason: string,
  rfc: string,
  data?: Uint8Array,
): DecodeFailed => decodeFailure([ERROR.header, HEADER_ERROR[error]], reason, rfc, data);

export const openFailure = (
  error: keyof typeof OPEN_ERROR,
  reason: string,
  rfc: string,
  data?: Uint8Array,
): DecodeFailed => decodeFailure([ERROR.open, OPEN_ERROR[error]], reason, rfc, data);

export const updateFailure = (
  error: keyof typeof UPDATE_ERROR,
  reason: string,
  rfc: string,
  data?: Uint8Array,
): DecodeFailed => decodeFailure([ERROR.update, UPDATE_ERROR[error]], reason, rfc, data);
