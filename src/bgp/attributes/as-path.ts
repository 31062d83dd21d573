/** The AS_PATH attribute (RFC 4271 5.1.2): the autonomous systems that a route has passed through, the nearest first. */

/** Confederation segments (RFC 5065 3) are decoded, since a peer may be in a confederation, but never originated. */
export type AsPathSegmentKind = 'sequence' | 'set' | 'confed-sequence' | 'confed-set';

export type AsPathSegment = { readonly kind: AsPathSegmentKind; readonly asns: readonly number[] };

export type AsPath = readonly AsPathSegment[];

/** Of a route that originates here, advertised over iBGP. */
export const EMPTY_AS_PATH: AsPath = [];

/** Length for best-path selection: a set counts 1, confederation segments count 0 (RFC 4271 9.1.2.2, RFC 5065 5.3). */
export function asPathLength(path: AsPath): number {
  let length = 0;
  for (const { kind, asns } of path) {
    if (kind === 'sequence') length += asns.length;
    else if (kind === 'set') length += 1;
  }
  return length;
}

/** Prepends `asn` `times` times (RFC 4271 5.1.2). */
export function prependAsn(path: AsPath, asn: number, times = 1): AsPath {
  if (times === 0) return path;
  const front = Array.from({ length: times }, () => asn);
  const [first, ...rest] = path;
  if (first?.kind !== 'sequence') return [{ kind: 'sequence', asns: front }, ...path];
  return [{ kind: 'sequence', asns: [...front, ...first.asns] }, ...rest];
}

const BRACKETS: Readonly<Record<AsPathSegmentKind, readonly [open: string, between: string, close: string]>> =
  {
    sequence: ['', ' ', ''],
    set: ['{', ',', '}'],
    'confed-sequence': ['(', ' ', ')'],
    'confed-set': ['[', ',', ']'],
  };

/** `64512 64513 {1,2}`, as routers print it. */
export const formatAsPath = (path: AsPath): string =>
  path
    .map(({ kind, asns }) => {
      const [open, between, close] = BRACKETS[kind];
      return `${open}${asns.join(between)}${close}`;
    })
    .join(' ');
