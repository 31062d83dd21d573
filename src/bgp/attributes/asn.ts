/** AS numbers (RFC 6793): 1 to 2^32−1, written as plain decimals (asplain, RFC 5396). */

/** Replaces a four-octet AS number towards a peer that only supports two octets (RFC 6793 9). */
export const AS_TRANS = 23_456;

/** Largest AS number that fits two octets. */
export const TWO_OCTET_ASN_MAX = 0xffff;

export const ASN_MAX = 0xffff_ffff;

/** 0 is reserved (RFC 7607). */
export const isAsn = (value: number): boolean => Number.isInteger(value) && value > 0 && value <= ASN_MAX;

/** The AS number in two octets: AS_TRANS if it does not fit (RFC 6793 4.2.2). */
export const toTwoOctetAsn = (asn: number): number => (asn > TWO_OCTET_ASN_MAX ? AS_TRANS : asn);
