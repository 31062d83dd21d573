/** ROUTE-REFRESH (RFC 2918 3), with the subtypes of RFC 7313. */
import { ok, type Result } from '../../base/result.ts';
import { ERROR, HEADER_BYTES, MESSAGE, REFRESH_ERROR } from './codes.ts';
import { failure } from './failure.ts';
import { newFrame } from './frame.ts';
import type { DecodeFailure, RouteRefresh } from './message.ts';
import { put16, u8, u16 } from './octets.ts';

const REFRESH_BYTES = HEADER_BYTES + 4;

/** Takes a message whose header is fine. A longer one would carry filters (RFC 5291), which we never offer. */
export function decodeRefresh(bytes: Uint8Array): Result<RouteRefresh, DecodeFailure> {
  if (bytes.length !== REFRESH_BYTES) {
    const says = `a ROUTE-REFRESH has ${bytes.length} octets`;
    return failure(ERROR.routeRefresh, REFRESH_ERROR.length, says, 'RFC 7313 5', bytes);
  }
  return ok({
    kind: 'route-refresh',
    afi: u16(bytes, HEADER_BYTES),
    subtype: u8(bytes, HEADER_BYTES + 2),
    safi: u8(bytes, HEADER_BYTES + 3),
  });
}

export function encodeRefresh({ afi, safi, subtype }: RouteRefresh): Uint8Array {
  const bytes = newFrame(MESSAGE.routeRefresh, REFRESH_BYTES);
  put16(bytes, HEADER_BYTES, afi);
  bytes[HEADER_BYTES + 2] = subtype;
  bytes[HEADER_BYTES + 3] = safi;
  return bytes;
}
