/** Octets of messages from a file or standard input: as they are, or written in hex. */
import { readFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { err, ok, type Result } from '../../../base/result.ts';

/** Larger is hardly a capture of sessions; octets. */
export const INPUT_BYTES_MAX = 256 * 1024 * 1024;

/** The error is a sentence. */
export async function readOctets(path: string, stdin: Readable): Promise<Result<Uint8Array, string>> {
  const name = path === '-' ? 'standard input' : path;
  try {
    const bytes = path === '-' ? await readStreamWithin(stdin) : await readFileWithin(path);
    if (bytes === null) return err(`${name}: is larger than ${INPUT_BYTES_MAX} octets`);
    const octets = isBinary(bytes) ? bytes : parseHex(bytes.toString('latin1'));
    return octets === null ? err(`${name}: is neither messages of BGP nor hex digits`) : ok(octets);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return err(code === 'ENOENT' ? `${name}: there is no such file` : `${name}: cannot be read: ${message}`);
  }
}

async function readFileWithin(path: string): Promise<Buffer | null> {
  const { size } = await stat(path);
  return size > INPUT_BYTES_MAX ? null : readFile(path);
}

async function readStreamWithin(stdin: Readable): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > INPUT_BYTES_MAX) return null;
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}

/** Every message begins with a marker of ones, and no text does. */
const isBinary = (bytes: Uint8Array): boolean => bytes[0] === 0xff;

/** Blanks, colons and comments from # on are fine; null where anything else stands there. */
export function parseHex(text: string): Uint8Array | null {
  const digits = text.replace(/#.*$/gm, '').replace(/[\s:]/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) return null;
  return Buffer.from(digits, 'hex');
}
