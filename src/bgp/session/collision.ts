/** Of two connections with one peer only one may stay, and both ends must come to the same (RFC 4271 6.8). */
import type { Open } from '../wire/message.ts';

type Speaker = Pick<Open, 'routerId' | 'asn'>;

/** Whether the connection stays that we dialled: of the higher identifier, or AS where they are the same (RFC 6286 2.3). */
export function oursStays(us: Speaker, them: Speaker): boolean {
  if (us.routerId !== them.routerId) return us.routerId > them.routerId;
  return us.asn > them.asn;
}
