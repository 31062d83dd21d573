/** What an edit would do, for people and for programs. */
import { plural, wrap } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import {
  type Fate,
  movesSomebody,
  type ServicePlan,
  type Standing,
  type WholePlan,
} from '../../plan/whole.ts';
import { COLUMNS_MAX } from '../command.ts';
import type { Paint, Style } from '../paint.ts';

/** In the order in which they are shown: what hurts comes first. */
const FATES: Readonly<Record<Fate, { readonly one: string; readonly many: string; readonly style: Style }>> =
  {
    loses: { one: 'loses its address', many: 'lose their address', style: 'red' },
    moves: { one: 'moves', many: 'move', style: 'red' },
    'starts-to-wait': { one: 'starts to wait', many: 'start to wait', style: 'yellow' },
    leaves: { one: 'leaves', many: 'leave', style: 'yellow' },
    gets: { one: 'gets an address', many: 'get an address', style: 'green' },
    'keeps-otherwise': {
      one: 'keeps its address, and something about it changes',
      many: 'keep their address, and something about it changes',
      style: 'dim',
    },
    'still-waits': { one: 'still waits', many: 'still wait', style: 'dim' },
    keeps: { one: 'keeps what it has', many: 'keep what they have', style: 'dim' },
  };

const counted = (fate: Fate, count: number): string =>
  `${count} ${count === 1 ? FATES[fate].one : FATES[fate].many}`;

/** Of those whom nothing happens to, only the number is told. */
const COUNTED: ReadonlySet<Fate> = new Set(['keeps', 'still-waits']);

/** Services shown of each fate; the rest is a number, and `-o json` names them all. */
const SHOWN_MAX = 200;

export function printPlan(plan: WholePlan, notes: readonly string[], paint: Paint): string {
  const fates = Object.keys(FATES) as Fate[];
  const sections = fates.map((fate) => section(fate, plan, paint)).filter((text) => text !== '');
  const grace = graceNote(plan);
  return [
    ...sections,
    ...(grace === null ? [] : [lines(grace, 0)]),
    ...(notes.length === 0 ? [] : [notes.map((note) => lines(`note: ${note}`, 0)).join('')]),
    `${verdict(plan, paint)}\n`,
  ].join('\n');
}

function section(fate: Fate, { services }: WholePlan, paint: Paint): string {
  const those = services.filter((one) => one.fate === fate);
  if (those.length === 0 || COUNTED.has(fate)) return '';
  const rows = those.slice(0, SHOWN_MAX).map(row).join('');
  const rest = those.length > SHOWN_MAX ? `  and ${those.length - SHOWN_MAX} more\n` : '';
  return `${paint(FATES[fate].style, counted(fate, those.length))}\n${rows}${rest}`;
}

function row({ key, before, later, fate }: ServicePlan): string {
  const way =
    fate === 'leaves'
      ? `gives back ${describe(before)}`
      : fate === 'keeps-otherwise'
        ? describe(later)
        : before === null
          ? describe(later)
          : `${describe(before)} -> ${describe(later)}`;
  const isSaid = later !== null && (later.reason !== 'Assigned' || later.addresses.length === 0);
  return `${hanging(key, way)}${isSaid ? lines(`${later.reason}: ${later.message}`, 6) : ''}`;
}

function describe(standing: Standing | null): string {
  if (standing === null || standing.addresses.length === 0) return 'no address';
  const addresses = standing.addresses.map(formatAddress).join(' and ');
  return standing.pool === null ? addresses : `${addresses} (${standing.pool})`;
}

/** Name and text in one line where they fit. */
function hanging(name: string, text: string): string {
  const one = `  ${name}  ${text}`;
  return one.length <= COLUMNS_MAX ? `${one}\n` : `  ${name}\n${lines(text, 6)}`;
}

const lines = (text: string, indent: number): string =>
  wrap(text, COLUMNS_MAX - indent)
    .map((line) => `${' '.repeat(indent)}${line}\n`)
    .join('');

function graceNote({ services, grace }: WholePlan): string | null {
  if (grace === null) return null;
  const held = services.filter(({ after, later }) => listed(after) !== listed(later));
  if (held.length === 0) return null;
  return `${plural(held.length, 'Service')} of deleted pools would keep what they have for ${grace / 1000} s (the controller's --pool-delete-grace): put the pools back within that time, and nothing of this happens.`;
}

const listed = (standing: Standing | null): string => standing?.addresses.map(formatAddress).join() ?? '';

function verdict(plan: WholePlan, paint: Paint): string {
  const counts = countFates(plan);
  const some = (Object.keys(FATES) as Fate[])
    .filter((fate) => counts[fate] > 0)
    .map((fate) => counted(fate, counts[fate]));
  const summary = some.length === 0 ? 'there are no Services' : some.join(', ');
  const moves = movesSomebody(plan);
  const head = moves
    ? paint('red', 'Addresses in use would move')
    : paint('green', 'No address in use would move');
  return wrap(
    `${moves ? 'Addresses in use would move' : 'No address in use would move'}: ${summary}.`,
    COLUMNS_MAX,
  )
    .join('\n')
    .replace(/^[^:]+/, head);
}

function countFates({ services }: WholePlan): Readonly<Record<Fate, number>> {
  const counts = Object.fromEntries(Object.keys(FATES).map((fate) => [fate, 0])) as Record<Fate, number>;
  for (const { fate } of services) counts[fate]++;
  return counts;
}

/** For `-o json` and `-o yaml`: everybody, also those whom nothing happens to. */
export const planValue = (plan: WholePlan, notes: readonly string[]) => ({
  moves: movesSomebody(plan),
  counts: countFates(plan),
  graceSeconds: plan.grace === null ? null : plan.grace / 1000,
  notes,
  services: plan.services.map(({ key, fate, before, after, later }) => ({
    service: key,
    fate,
    before: standingValue(before),
    after: standingValue(after),
    later: standingValue(later),
  })),
});

const standingValue = (standing: Standing | null) =>
  standing === null ? null : { ...standing, addresses: standing.addresses.map(formatAddress) };
