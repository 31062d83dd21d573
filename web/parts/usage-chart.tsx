/** Addresses in use over the time since the page was opened, as steps. */
import type { JSX } from 'preact';
import type { UsagePoint } from '../state.ts';
import { count } from '../text.ts';

const [WIDTH, HEIGHT] = [320, 56];
/** The axis is never shorter: a page that was just opened has a line, and no cliff. */
const SPAN_MIN_MS = 60_000;
/** Room above the highest step. */
const HEADROOM = 1.25;

type UsageChartProps = { readonly points: readonly UsagePoint[]; readonly now: number };

export function UsageChart({ points, now }: UsageChartProps): JSX.Element | null {
  const [begin] = points;
  const last = points.at(-1);
  if (begin === undefined || last === undefined) return null;
  if (begin === last)
    return <p class="about">{count(begin.used)} in use, unchanged since this page was opened</p>;
  const span = Math.max(SPAN_MIN_MS, now - begin.time);
  const top = Math.max(1, ...points.map(({ used }) => used)) * HEADROOM;
  const x = (time: number): string => (((time - begin.time) / span) * WIDTH).toFixed(1);
  const y = (used: number): string => (HEIGHT - (used / top) * HEIGHT).toFixed(1);
  const [, ...steps] = points.map(({ time, used }) => `H${x(time)}V${y(used)}`);
  const line = [`M0 ${y(begin.used)}`, ...steps, `H${x(now)}`].join('');
  return (
    <figure class="usage">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path class="area" d={`${line}V${HEIGHT}H0Z`} />
        <path d={line} />
      </svg>
      <figcaption>
        {count(begin.used)} in use when this page was opened, {count(last.used)} now
      </figcaption>
    </figure>
  );
}
