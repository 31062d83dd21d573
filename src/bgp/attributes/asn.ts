/** AS numbers (RFC 6793): 1 to 2^32−1, written as plain decimals (asplain, RFC 5396). */

/** Replaces a four-octet AS number towards a peer that only supports two octets (RFC 6793 9). */
export const AS_TRANS = 23_456;

/** Largest AS number that fits two octets. */
export const TWO_OCTET_ASN_MAX = 0xffff;

export const ASN_MAX = 0xffff_ffff;

/** 0 is reserved (RFC 7607). */
export const isAsn = (value: number): boolean => Number.isInteger(value) && value > 0 && value <= ASN_MAX;

/** Why no AS can have the number, for the end of a sentence; null where one can. `value` is from 0 to 2^32−1. */
export function reservedAsnError(value: number): string | null {
  if (value === 0) return 'must not be 0, which is reserved (RFC 7607): write the number of the AS';
  if (value === AS_TRANS)
    return `must not be ${AS_TRANS}, which only stands for AS numbers of four octets (RFC 6793): write that number`;
  return null;
}

/** The last AS number of two and of four octets: networks should not use them, and some routers refuse them (RFC 7300). */
export const isLastAsn = (value: number): boolean => value === TWO_OCTET_ASN_MAX || value === ASN_MAX;

/** The AS number in two octets: AS_TRANS if it does not fit (RFC 6793 4.2.2). */
export const toTwoOctetAsn = (asn: number): number => (asn > TWO_OCTET_ASN_MAX ? AS_TRANS : asn);
