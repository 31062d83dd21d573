/** BGP messages from a file or standard input, as octets or as hex digits. */
import type { Readable } from 'node:stream';
import { err, ok, type Result } from '../../../base/result.ts';
import { formatManifestProblem } from '../../../manifests/parse-manifests.ts';
import { readBytes } from '../../../manifests/read-files.ts';

/** The error is a sentence. */
export async function readOctets(path: string, stdin: Readable): Promise<Result<Uint8Array, string>> {
  const bytes = await readBytes(path, stdin);
  if (!bytes.ok) return err(formatManifestProblem(bytes.error));
  const octets = isBinary(bytes.value) ? bytes.value : parseHex(bytes.value.toString('latin1'));
  const name = path === '-' ? 'standard input' : path;
  return octets === null ? err(`${name}: is neither BGP messages nor hex digits`) : ok(octets);
}

/** Every message begins with a marker of ones (RFC 4271 4.1), and no text does. */
const isBinary = (bytes: Uint8Array): boolean => bytes[0] === 0xff;

/** Blanks, colons and comments from # on are ignored; null if there is anything else than hex digits. */
export function parseHex(text: string): Uint8Array | null {
  const digits = text.replace(/#.*$/gm, '').replace(/[\s:]/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) return null;
  return Buffer.from(digits, 'hex');
}
