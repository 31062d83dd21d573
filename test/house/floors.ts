import type { Complaint, Source } from './source.ts';

/**
 * The floors of `docs/architecture.md`, from the ground up. A room imports from itself and from the floors below it:
 * never up, never from another room of its own floor. Type imports count: what only a type knows is known all the same.
 */
export const floors: readonly (readonly string[])[] = [
  ['base'],
  ['net', 'work'],
  ['cluster', 'routes'],
  ['config', 'bgp/wire'],
  ['ipam', 'announce', 'calico', 'bgp/session', 'bgp/rib', 'bfd', 'layer2'],
  ['plan'],
  ['observe'],
  ['kube', 'sockets', 'http', 'apiserver'],
  ['program'],
  ['controller', 'speaker'],
  ['playground'],
  ['cli'],
];

const ROOF = 'src/main.ts';

/**
 * The outside world. The loops of the two programs, and what they share, describe what they need of it; their mains
 * hand it to them.
 */
const outside: ReadonlySet<string> = new Set(['kube', 'sockets', 'http', 'apiserver']);
const programs: ReadonlySet<string> = new Set(['program', 'controller', 'speaker']);

const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));

/** The room that a file of `src/` stands in, or null. */
export function roomOf(path: string): string | null {
  const parts = path.split('/');
  if (parts[0] !== 'src') return null;
  const [first = '', second = ''] = parts.slice(1, -1);
  return [`${first}/${second}`, first].find((room) => floorOf.has(room)) ?? null;
}

export function wrongFloors(sources: readonly Source[]): Complaint[] {
  return sources.filter(({ path }) => path.startsWith('src/')).flatMap(complaintsOf);
}

function complaintsOf(source: Source): Complaint[] {
  const { path } = source;
  const room = roomOf(path);
  if (room === null && path !== ROOF) {
    const says = 'stands in no room of the house: move it into one, or draw its room in test/house/floors.ts';
    return [{ path, line: 1, says }];
  }
  return source.imports.flatMap(({ target, line }) => {
    const says = target === null ? null : objection(path, room, target);
    return says === null ? [] : [{ path, line, says }];
  });
}

function objection(path: string, room: string | null, target: string): string | null {
  if (!target.startsWith('src/'))
    return `imports ${target}, which is not shipped: move what it needs into src/`;
  if (target === ROOF) return `imports ${ROOF}: nothing stands above the roof; move what it needs down`;
  const other = roomOf(target);
  if (room === null || other === null || other === room) return null; // a file in no room is complained of itself
  const [floor = 0, otherFloor = 0] = [floorOf.get(room), floorOf.get(other)];
  if (otherFloor > floor)
    return `imports ${target}, up from ${room}/ to ${other}/: move what they share down`;
  if (otherFloor === floor)
    return `imports ${target}, sideways from ${room}/ to ${other}/: move what they share one floor down`;
  if (programs.has(room) && (outside.has(other) || isMain(target, 'program')) && !isMain(path, room))
    return `imports ${target}, which only the main of ${room}/ may: describe what it needs here and have the main hand it over`;
  return null;
}

const isMain = (path: string, room: string): boolean => new RegExp(`^src/${room}/main(\\.ts|/)`).test(path);
