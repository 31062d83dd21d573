/** The pools as texts: each with a bar while there are few, else their sum and those that need attention. */
import { addressCount, plural } from '../../base/text.ts';
import type { AddressUse, OverviewDocument, PoolOverview } from '../../overview/document.ts';
import { sumOf, usageBar } from './bar.ts';

/** Why files say nothing of a kind; null where it was asked for, and could not be read. */
export function notShownText(kinds: OverviewDocument['kinds'], kind: string): string | null {
  const reading = kinds.find((one) => one.kind === kind);
  return reading?.state === 'notShown' ? reading.says : null;
}

/** Of more pools their sum is shown, and those that are exhausted, will be soon, or are invalid. */
const POOLS_MAX = 3;
/** Of those. */
const NOTABLE_MAX = 5;

export function poolTexts({ pools, kinds }: OverviewDocument): readonly string[] {
  if (pools === null)
    return [`not known: ${notShownText(kinds, 'IPAddressPool') ?? 'pools could not be read'}`];
  if (pools.length === 0) return ['no pool'];
  if (pools.length <= POOLS_MAX) return pools.map(poolText);
  const notable = pools.filter((one) => one.state === 'invalid' || one.exhausted || one.exhaustedSoon);
  const more = notable.length - NOTABLE_MAX;
  const all = useTexts(sumOf(pools.map(({ ipv4 }) => ipv4)), sumOf(pools.map(({ ipv6 }) => ipv6)));
  return [
    `${all.bar} ${plural(pools.length, 'pool')}: ${all.text}`,
    ...notable.slice(0, NOTABLE_MAX).map(poolText),
    ...(more > 0 ? [`and ${plural(more, 'more pool')} with few free addresses or an error`] : []),
  ];
}

function poolText({
  name,
  ipv4,
  ipv6,
  state,
  exhausted,
  exhaustedSoon,
  waiting,
  countedFrom,
}: PoolOverview): string {
  const { bar, text } = useTexts(ipv4, ipv6);
  const notes = [
    ...(state === 'invalid' ? ['invalid'] : []),
    ...(exhausted ? ['exhausted'] : exhaustedSoon ? ['exhausted soon'] : []),
    ...(waiting === null || waiting === 0
      ? []
      : [`${plural(waiting, 'Service')} ${waiting === 1 ? 'waits' : 'wait'} for it`]),
    ...(countedFrom === 'poolStatus' ? ['as the controller last wrote'] : []),
  ];
  return [`${bar} ${name}: ${text}`, ...notes].join(', ');
}

function useTexts(
  ipv4: AddressUse | null,
  ipv6: AddressUse | null,
): { readonly bar: string; readonly text: string } {
  const uses = [
    ['IPv4', ipv4],
    ['IPv6', ipv6],
  ] as const;
  const texts = uses.flatMap(([family, use]) =>
    use === null || use.used + use.free === 0
      ? []
      : [`${count(use.used)} of ${count(use.used + use.free)} ${family} used, ${count(use.free)} free`],
  );
  const known = uses.flatMap(([, use]) => (use === null || use.used + use.free === 0 ? [] : [use]));
  // The bar is that of the family which has the smaller part free.
  const fullest = known.toSorted((a, b) => freePart(a) - freePart(b))[0];
  return {
    bar: usageBar(fullest ?? { used: 0, free: 0 }),
    text: texts.length > 0 ? texts.join('; ') : ipv4 === null ? 'its use is not known' : 'no usable address',
  };
}

const freePart = ({ used, free }: AddressUse): number => free / (used + free);

/** From here on numbers are powers of two: nobody counts the addresses of a /96. */
const EXACT_MAX = 1_000_000;

const count = (number: number): string =>
  addressCount(number, (exact) => (exact < EXACT_MAX ? String(exact) : powerOfTwo(exact)));

function powerOfTwo(number: number): string {
  const exponent = Math.round(Math.log2(number));
  return `${2 ** exponent === number ? '' : 'about '}2^${exponent}`;
}
