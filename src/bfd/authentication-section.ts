/** The authentication section of a control packet (RFC 5880 4.2 to 4.4) between octets and values. */

/** `other`: a type that we do not implement, for example simple password. */
export type AuthenticationSection =
  | {
      readonly type: 'keyed-sha1' | 'meticulous-keyed-sha1';
      readonly keyId: number;
      /** 32 bits, circular. */
      readonly sequence: number;
      readonly digest: Uint8Array;
    }
  | { readonly type: 'other'; readonly code: number };

export type Sha1Type = 'keyed-sha1' | 'meticulous-keyed-sha1';

/** Type, length, key ID, reserved, sequence number, and the digest. */
export const SHA1_SECTION_OCTETS = 28;
/** Of the digest, within the section. */
export const DIGEST_OFFSET = 8;
/** Length of a digest, and the most octets that a key can have. */
export const SHA1_OCTETS = 20;

/** Shortest section: type and length. */
const SECTION_OCTETS_MIN = 2;

const TYPE_CODE: Readonly<Record<Sha1Type, number>> = { 'keyed-sha1': 4, 'meticulous-keyed-sha1': 5 };

/** `octets` is what follows the fixed part of the packet, and must be that section alone; null if it is malformed. */
export function decodeAuthentication(octets: Uint8Array): AuthenticationSection | null {
  const [code = 0, length = 0, keyId = 0] = octets;
  if (length < SECTION_OCTETS_MIN || length !== octets.length) return null;
  const type = typeOf(code);
  if (type === null) return { type: 'other', code };
  if (length !== SHA1_SECTION_OCTETS) return null;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  return { type, keyId, sequence: view.getUint32(4), digest: octets.subarray(DIGEST_OFFSET) };
}

/** Writes the section without its digest, whose place holds `key` and zeros while the digest is computed. */
export function writeAuthentication(
  section: Uint8Array,
  { type, keyId, sequence }: { readonly type: Sha1Type; readonly keyId: number; readonly sequence: number },
  key: Uint8Array,
): void {
  section.fill(0);
  section.set([TYPE_CODE[type], SHA1_SECTION_OCTETS, keyId]);
  new DataView(section.buffer, section.byteOffset, section.byteLength).setUint32(4, sequence);
  section.set(key.subarray(0, SHA1_OCTETS), DIGEST_OFFSET);
}

const typeOf = (code: number): Sha1Type | null => {
  switch (code) {
    case TYPE_CODE['keyed-sha1']:
      return 'keyed-sha1';
    case TYPE_CODE['meticulous-keyed-sha1']:
      return 'meticulous-keyed-sha1';
    default:
      return null;
  }
};
