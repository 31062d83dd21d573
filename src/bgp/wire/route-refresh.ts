/** ROUTE-REFRESH (RFC 2918 3), with the subtypes of RFC 7313. */
import { ok, type Result } from '../../base/result.ts';
import { ERROR, HEADER_BYTES, MESSAGE, REFRESH_ERROR } from './codes.ts';
import { decodeFailure } from './failure.ts';
import { newMessage } from './header.ts';
import type { DecodeFailure, RouteRefresh } from './message.ts';
import { put16, u8, u16 } from './octets.ts';

const ROUTE_REFRESH_BYTES = HEADER_BYTES + 4;

/** `bytes` is a message whose header has been checked. A longer one carries filters (RFC 5291), which we do not offer. */
export function decodeRouteRefresh(bytes: Uint8Array): Result<RouteRefresh, DecodeFailure> {
  if (bytes.length !== ROUTE_REFRESH_BYTES) {
    const reason = `a ROUTE-REFRESH has ${bytes.length} octets`;
    return decodeFailure([ERROR.routeRefresh, REFRESH_ERROR.length], reason, 'RFC 7313 5', bytes);
  }
  return ok({
    kind: 'route-refresh',
    afi: u16(bytes, HEADER_BYTES),
    subtype: u8(bytes, HEADER_BYTES + 2),
    safi: u8(bytes, HEADER_BYTES + 3),
  });
}

export function encodeRouteRefresh({ afi, safi, subtype }: RouteRefresh): Uint8Array {
  const bytes = newMessage(MESSAGE.routeRefresh, ROUTE_REFRESH_BYTES);
  put16(bytes, HEADER_BYTES, afi);
  bytes[HEADER_BYTES + 2] = subtype;
  bytes[HEADER_BYTES + 3] = safi;
  return bytes;
}
