/** A bundle is a ZIP file of named texts. It has a size that mail and issue trackers take. */
import { err, ok, type Result } from '../../base/result.ts';
import { plural } from '../../base/text.ts';

/** Of all texts together, and so of the file. */
export const BUNDLE_BYTES_MAX = 10_000_000;

/** For the names and headers of the ZIP format, and for the index. */
const RESERVED_BYTES = 500_000;

export type BundleEntry = {
  /** The path in the bundle, such as `objects/services.yaml`. */
  readonly name: string;
  readonly text: string;
  /** Where a text is too long its end is left out, or its start. */
  readonly keeps: 'start' | 'end';
};

/** Sentences about what is not in the bundle. */
export type Omissions = readonly string[];

/**
 * Cuts the entries to `bytesMax` together, the last ones first: entries come in order of their importance. A cut text says
 * so itself.
 */
export function fitEntries(
  entries: readonly BundleEntry[],
  bytesMax = BUNDLE_BYTES_MAX - RESERVED_BYTES,
): { readonly entries: readonly BundleEntry[]; readonly omissions: Omissions } {
  const omissions: string[] = [];
  let left = bytesMax;
  const fitted = entries.flatMap((entry) => {
    const bytes = Buffer.byteLength(entry.text);
    if (bytes <= left) {
      left -= bytes;
      return [entry];
    }
    const text = cut(entry, left);
    left = 0;
    omissions.push(
      text === null
        ? `${entry.name} is left out: the bundle is full`
        : `${entry.name} is cut: ${plural(bytes - Buffer.byteLength(text), 'byte')} are left out`,
    );
    return text === null ? [] : [{ ...entry, text }];
  });
  return { entries: fitted, omissions };
}

const CUT_MARK = '(the rest is left out: the bundle is full)';

/** At a line break. Null where nothing of use is left. */
function cut({ text, keeps }: BundleEntry, bytesMax: number): string | null {
  const room = bytesMax - CUT_MARK.length - 1;
  if (room <= 0) return null;
  const bytes = Buffer.from(text);
  if (keeps === 'start') {
    const kept = bytes.subarray(0, room).toString();
    const end = kept.lastIndexOf('\n');
    return end < 0 ? null : `${kept.slice(0, end + 1)}${CUT_MARK}\n`;
  }
  const kept = bytes.subarray(bytes.length - room).toString();
  const start = kept.indexOf('\n');
  return start < 0 ? null : `${CUT_MARK}\n${kept.slice(start + 1)}`;
}

/** The ZIP file; the error is a sentence. */
export async function zipEntries(entries: readonly BundleEntry[]): Promise<Result<Uint8Array, string>> {
  const { strToU8, zipSync } = await import('fflate');
  const zip = zipSync(Object.fromEntries(entries.map(({ name, text }) => [name, strToU8(text)])));
  return zip.length <= BUNDLE_BYTES_MAX
    ? ok(zip)
    : err(`the bundle has ${zip.length} bytes, more than ${BUNDLE_BYTES_MAX}: use a smaller --log-lines`);
}
