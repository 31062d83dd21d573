/** Small signs that mean the same on every page. Colour never says anything alone. */
import type { ComponentChildren, JSX } from 'preact';
import type { PoolOverview } from '../../src/overview/document.ts';
import type { Tone } from '../tone.ts';

export const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', warning: '!', bad: '✕', idle: '–' };

export function Mark({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={`mark ${tone}`}>
      <span aria-hidden="true">{SIGNS[tone]}</span> {children}
    </span>
  );
}

/** Of 100. */
const SLIVER = 2;

/** A share of a whole, with its numbers as text beside it. */
export function Bar({ used, free }: { readonly used: number; readonly free: number }): JSX.Element {
  const all = used + free;
  const share = all === 0 ? 1 : used / all;
  // One address in use of a million is seen, and so is the last free one.
  const width = Math.min(free > 0 ? 100 - SLIVER : 100, Math.max(used > 0 ? SLIVER : 0, share * 100));
  const tone = free === 0 ? 'bad' : share >= 0.9 ? 'warning' : 'good';
  return (
    <svg class={`meter ${tone}`} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="all" width="100" height="8" rx="2" />
      <rect class="part" width={width} height="8" rx="2" />
    </svg>
  );
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** How long ago, by the clock of the document. */
export function Ago({ time, now }: { readonly time: string; readonly now: string }): JSX.Element {
  const seconds = Math.max(0, (Date.parse(now) - Date.parse(time)) / 1000);
  if (Number.isNaN(seconds)) return <span>unknown</span>;
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? [1, 's'];
  return (
    <time dateTime={time} title={time}>
      {Math.floor(seconds / size)} {unit} ago
    </time>
  );
}

/** The families that a pool has. */
export const familiesOf = ({ ipv4, ipv6 }: Pick<PoolOverview, 'ipv4' | 'ipv6'>) =>
  (
    [
      ['IPv4', ipv4],
      ['IPv6', ipv6],
    ] as const
  ).flatMap(([family, use]) => (use === null || use.used + use.free === 0 ? [] : [{ family, ...use }]));
