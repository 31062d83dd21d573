import { createHash } from 'node:crypto';

/** SHA-1 (RFC 3174) as RFC 5880 uses it: for short packets with a secret key, not for signatures. 20 octets. */
export const sha1 = (octets: Uint8Array): Uint8Array => createHash('sha1').update(octets).digest();
