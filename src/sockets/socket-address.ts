/** Socket addresses in the layout of Linux. */
import { endianness } from 'node:os';
import type { Address, Family } from '../net/address.ts';

/** Address families of the kernel (`AF_INET`, `AF_INET6`). */
export const AF: Readonly<Record<Family, number>> = { 4: 2, 6: 10 };

/** Whether the numbers of this machine are little-endian, for structs that the kernel reads. */
export const IS_LITTLE_ENDIAN = endianness() === 'LE';

/** `struct sockaddr_in` or `sockaddr_in6`. `scope` is the index of the interface of a link-local address. */
export function socketAddress({ family, bits }: Address, port: number, scope = 0): Uint8Array {
  const bytes = new Uint8Array(family === 4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF[family], IS_LITTLE_ENDIAN);
  view.setUint16(2, port);
  if (family === 4) view.setUint32(4, Number(bits));
  else {
    view.setBigUint64(8, bits >> 64n);
    view.setBigUint64(16, bits & 0xffff_ffff_ffff_ffffn);
    view.setUint32(24, scope, IS_LITTLE_ENDIAN);
  }
  return bytes;
}
