/** Reads and writes unsigned integers in network byte order. Callers have checked the bounds. */

export const u8 = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

export const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

export const u32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>>
  0;

/** Reads `length` octets at `at` as one integer. */
export function bigUint(bytes: Uint8Array, at: number, length: number): bigint {
  let value = 0n;
  let i = 0;
  for (; i + 4 <= length; i += 4) value = (value << 32n) | BigInt(u32(bytes, at + i));
  for (; i < length; i++) value = (value << 8n) | BigInt(u8(bytes, at + i));
  return value;
}

export function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function put32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Writes `value` in `length` octets. */
export function putBigUint(bytes: Uint8Array, at: number, value: bigint, length: number): void {
  let remaining = value;
  let i = length;
  for (; i >= 4; i -= 4, remaining >>= 32n) put32(bytes, at + i - 4, Number(remaining & 0xffff_ffffn));
  for (; i > 0; i--, remaining >>= 8n) bytes[at + i - 1] = Number(remaining & 0xffn);
}
