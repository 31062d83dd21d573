/** This file reads the protobuf wire format (protobuf.dev, encoding): fields as numbers with values, not yet as types. */

/** Malformed bytes; caught where a message is decoded. */
export class MalformedProtobuf extends Error {}

/** A varint or fixed number as it stands on the wire, or the bytes of a length-delimited field. */
export type WireValue = bigint | Buffer;

export type WireField = { readonly number: number; readonly value: WireValue };

const VARINT_BYTES_MAX = 10;

/** The fields of a message, in the order of the bytes. */
export function readFields(bytes: Buffer): readonly WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let i = 0; i < VARINT_BYTES_MAX; i++) {
      const byte = bytes[at++];
      if (byte === undefined) throw new MalformedProtobuf('unexpected EOF');
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return value;
    }
    throw new MalformedProtobuf('integer overflow');
  };
  const take = (length: number): Buffer => {
    if (length > bytes.length - at) throw new MalformedProtobuf('unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    if (number === 0) throw new MalformedProtobuf('illegal tag 0');
    switch (Number(tag & 7n)) {
      case 0:
        fields.push({ number, value: varint() });
        break;
      case 1:
        fields.push({ number, value: take(8).readBigUInt64LE() });
        break;
      case 2:
        fields.push({ number, value: take(Number(varint())) });
        break;
      case 5:
        fields.push({ number, value: BigInt(take(4).readUInt32LE()) });
        break;
      default:
        throw new MalformedProtobuf(`illegal wireType ${tag & 7n}`);
    }
  }
  return fields;
}

export const asBytes = (value: WireValue): Buffer => {
  if (typeof value === 'bigint') throw new MalformedProtobuf('wrong wireType 0');
  return value;
};

export const asText = (value: WireValue): string => asBytes(value).toString();

const asVarint = (value: WireValue): bigint => {
  if (typeof value !== 'bigint') throw new MalformedProtobuf('wrong wireType 2');
  return value;
};

/** A signed number: negative ones have ten bytes, as 64 bits in two's complement. */
export const asInteger = (value: WireValue): number => Number(BigInt.asIntN(64, asVarint(value)));

/** A `double`, from its 64 bits (IEEE 754). */
export function asDouble(value: WireValue): number {
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64LE(asVarint(value));
  return bits.readDoubleLE();
}

/** The value of the last field of this number, as protobuf reads a field that is repeated by mistake. */
export const lastOf = (fields: readonly WireField[], number: number): WireValue | undefined =>
  fields.findLast((field) => field.number === number)?.value;
