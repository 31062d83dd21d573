/** Reads what BIRD prints: protocols of both generations, and a routing table of BIRD 2 with all attributes. */

export type Protocol = {
  readonly name: string;
  readonly kind: string;
  readonly established: boolean;
  readonly neighborAS: number | null;
};

export type TablePath = {
  readonly protocol: string;
  readonly best: boolean;
  readonly nextHop: string;
  readonly asPath: string;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly localPref: number | null;
};

/** Of `show protocols all`: a protocol begins at the start of a line, its details are indented. */
export function readProtocols(text: string): readonly Protocol[] {
  return blocks(text, /^\S+ +(BGP|Static|Kernel|Device|Direct)\b/).map((lines) => {
    const [name = '', kind = ''] = (lines[0] ?? '').split(/ +/);
    const neighbor = detail(lines, /^Neighbor AS: +(\d+)/);
    return {
      name,
      kind,
      established: detail(lines, /^BGP state: +(\S+)/) === 'Established',
      neighborAS: neighbor === null ? null : Number(neighbor),
    };
  });
}

/** Of `show route`: the destinations of the lines that begin one. */
export const readPrefixes = (text: string): readonly string[] => [
  ...new Set(text.split('\n').flatMap((line) => /^([0-9a-f:.]+\/\d+) /.exec(line)?.[1] ?? [])),
];

/** Of `show route all` of BIRD 2: each prefix with its paths, the best first. Paths that are not BGP's are left out. */
export function readTable(text: string): ReadonlyMap<string, readonly TablePath[]> {
  const table = new Map<string, TablePath[]>();
  let prefix = '';
  for (const lines of blocks(text, /^(\S+\/\d+)? +\S+ \[\S+ /)) {
    const head = lines[0] ?? '';
    prefix = /^\S+\/\d+/.exec(head)?.[0] ?? prefix;
    if (detail(lines, /^Type: (BGP) /) === null) continue;
    const localPref = detail(lines, /^BGP\.local_pref: (\d+)/);
    const path = {
      protocol: /\[(\S+) /.exec(head)?.[1] ?? '',
      best: / \* \(/.test(head),
      nextHop: detail(lines, /^BGP\.next_hop: (\S+)/) ?? '',
      asPath: (detail(lines, /^BGP\.as_path: ?(.*)/) ?? '').trim(),
      communities: members(detail(lines, /^BGP\.community: (.*)/)),
      largeCommunities: members(detail(lines, /^BGP\.large_community: (.*)/)),
      localPref: localPref === null ? null : Number(localPref),
    };
    table.set(prefix, [...(table.get(prefix) ?? []), path]);
  }
  return table;
}

/** "(64700,120) (64700, 300, 100)" as "64700:120" and "64700:300:100". */
const members = (text: string | null): readonly string[] =>
  [...(text ?? '').matchAll(/\(([^)]*)\)/g)].map(([, inner = '']) => inner.split(/, ?/).join(':'));

const detail = (lines: readonly string[], pattern: RegExp): string | null => {
  for (const line of lines) {
    const found = pattern.exec(line.trim());
    if (found) return found[1] ?? '';
  }
  return null;
};

/** Lines in groups, each of which begins with a line that matches; what comes before the first is dropped. */
function blocks(text: string, begin: RegExp): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const line of text.split('\n')) {
    if (begin.test(line)) groups.push([line]);
    else groups.at(-1)?.push(line);
  }
  return groups;
}
