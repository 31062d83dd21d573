/** This file writes fields in the protobuf wire format (protobuf.dev, encoding). */

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** A length-delimited field: a message, or octets. */
export const bytesField = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);

/** A text; none where it is empty. */
export const textField = (number: number, text: string): Buffer =>
  text === '' ? Buffer.alloc(0) : bytesField(number, Buffer.from(text));

/** A number of at least 0. */
export const numberField = (number: number, value: number): Buffer =>
  Buffer.concat([varint(number * 8), varint(value)]);

export const booleanField = (number: number, value: boolean): Buffer => numberField(number, value ? 1 : 0);
