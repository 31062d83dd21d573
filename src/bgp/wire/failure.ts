/** How decoding says that a session is over. */
import { err } from '../../base/result.ts';
import { ERROR, HEADER_ERROR, OPEN_ERROR, UPDATE_ERROR } from './codes.ts';
import type { DecodeFailure, Notification } from './message.ts';

export const NO_DATA = new Uint8Array(0);

export type Failed = { readonly ok: false; readonly error: DecodeFailure };

export const notification = (code: number, subcode: number, data: Uint8Array = NO_DATA): Notification => ({
  kind: 'notification',
  code,
  subcode,
  data,
});

/** `data` is copied: it outlives the buffer that it was found in. */
export const failure = (
  code: number,
  subcode: number,
  says: string,
  rfc: string,
  data: Uint8Array = NO_DATA,
): Failed => err({ notification: notification(code, subcode, data.slice()), says, rfc });

export const headerFailure = (
  error: keyof typeof HEADER_ERROR,
  says: string,
  rfc: string,
  data?: Uint8Array,
): Failed => failure(ERROR.header, HEADER_ERROR[error], says, rfc, data);

export const openFailure = (
  error: keyof typeof OPEN_ERROR,
  says: string,
  rfc: string,
  data?: Uint8Array,
): Failed => failure(ERROR.open, OPEN_ERROR[error], says, rfc, data);

export const updateFailure = (
  error: keyof typeof UPDATE_ERROR,
  says: string,
  rfc: string,
  data?: Uint8Array,
): Failed => failure(ERROR.update, UPDATE_ERROR[error], says, rfc, data);
