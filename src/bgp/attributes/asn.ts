/** Numbers of autonomous systems (RFC 6793): 1 to 2^32−1, written as plain decimals (RFC 5396, asplain). */

/** Stands for a number that a peer with two octets for it cannot be told (RFC 6793 9). */
export const AS_TRANS = 23_456;

/** The highest that fits two octets. */
export const TWO_OCTET_ASN_MAX = 0xffff;

export const ASN_MAX = 0xffff_ffff;

/** 0 is nobody's (RFC 7607). */
export const isAsn = (value: number): boolean => Number.isInteger(value) && value > 0 && value <= ASN_MAX;

/** What two octets can say of it. */
export const toTwoOctetAsn = (asn: number): number => (asn > TWO_OCTET_ASN_MAX ? AS_TRANS : asn);
