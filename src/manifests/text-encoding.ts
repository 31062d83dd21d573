/** Octets of a file as text: UTF-8, and UTF-16 with a byte order mark, which PowerShell writes for `kubectl get … > file`. */
import { err, ok, type Result } from '../base/result.ts';

/** The error is the end of a sentence about the file. */
export function decodeText(bytes: Buffer): Result<string, string> {
  const [first, second] = bytes;
  if (first === 0x1f && second === 0x8b)
    return err('is compressed by gzip: unpack it first, as by gunzip -c FILE | ... -f -');
  if (first === 0x50 && second === 0x4b && bytes[2] === 3 && bytes[3] === 4)
    return err('is a ZIP file: unpack it, and name the files in it');
  if (first === 0xff && second === 0xfe) return ok(new TextDecoder('utf-16le').decode(bytes));
  if (first === 0xfe && second === 0xff) return ok(new TextDecoder('utf-16be').decode(bytes));
  return bytes.includes(0)
    ? err('is no text: it has an octet 0. Name a file of YAML or JSON')
    : ok(new TextDecoder().decode(bytes));
}
