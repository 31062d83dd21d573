/**
 * The ledger alone: how fast it grants, takes back and grants again when a pool is nearly full, and whether the
 * size of a pool costs anything. Holder bookkeeping is included; texts are not, since the API server brings them.
 * Beside each rate stands what the machine had to give in the same minute: the rate of a bare Map from the same holders
 * to fresh records, filled in order, or with random ones deleted and set again.
 *
 * `node --import tsx bench/ledger.ts [-o json] [--runs N] [--only WORDS]`
 */
import { parseArgs } from 'node:util';
import { Ledger } from '../src/ipam/ledger.ts';
import type { Claim } from '../src/ipam/sharing.ts';
import type { Address, Family } from '../src/net/address.ts';
import { type AddressRange, parseRange } from '../src/net/range.ts';

type Figure = {
  readonly name: string;
  readonly unit: string;
  readonly goal: string;
  readonly met: (median: number) => boolean;
  readonly measure: () => number;
  /** What a bare Map does at the same time, in the same unit. */
  readonly baseline?: () => number;
};

const POOL = 'pool';
const FULL = 1_048_576; // addresses in a /12
const VACANT_SHARE = 0.001; // 99.9 % full
const CHURN = 400_000; // Services released and served again, two operations each

const { values: options } = parseArgs({
  options: {
    output: { type: 'string', short: 'o' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});

function range(text: string): AddressRange {
  const parsed = parseRange(text);
  if (!parsed.ok) throw new Error(`${text} ${parsed.error}`);
  return parsed.value;
}

function ledgerOf(text: string): Ledger {
  const ledger = Ledger.empty();
  const ranges = [range(text)];
  ledger.setPools([{ name: POOL, ranges, grantable: ranges, avoidBuggyIPs: false }]);
  return ledger;
}

/** As they come off the API server: flat strings, a few ports. */
function claims(count: number): readonly Claim[] {
  const sharing = { key: '', backend: '' };
  return Array.from({ length: count }, (_, i) => ({
    holder: Buffer.from(`namespace-${i % 97}/service-${i}`).toString(),
    sharing,
    ports: [{ protocol: 'TCP', port: 80 }],
  }));
}

const ALL = claims(FULL);

function secondsOf(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function collect(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

/** A transaction for each Service, as the controller does it. */
function grantTo(ledger: Ledger, claim: Claim, family: Family): void {
  const transaction = ledger.begin();
  const granted = transaction.allocate(claim, POOL, family);
  if (!granted.ok) throw new Error(granted.error.code);
  transaction.commit();
}

function fill(text: string): number {
  const ledger = ledgerOf(text);
  const { family } = range(text);
  collect();
  return (
    FULL /
    secondsOf(() => {
      for (const claim of ALL) grantTo(ledger, claim, family);
    })
  );
}

/** A small generator, so that every run makes the same choices. */
function makeChooser(): (below: number) => number {
  let state = 12_345;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/** Gives back the address of a random Service and reserves a random vacant one for it. */
function churn(text: string, spread: (index: number) => bigint): number {
  const ledger = ledgerOf(text);
  const { family, first } = range(text);
  const choose = makeChooser();
  const vacant: Address[] = [];
  const assigned: { readonly claim: Claim; address: Address }[] = [];
  for (const [index, claim] of ALL.entries()) {
    const address = { family, bits: first + spread(index) };
    if (index % Math.round(1 / VACANT_SHARE) === 0) {
      vacant.push(address);
      continue;
    }
    const transaction = ledger.begin();
    transaction.reserve(claim, address, POOL);
    transaction.commit();
    assigned.push({ claim, address });
  }
  const picks = Array.from({ length: CHURN }, () => [choose(assigned.length), choose(vacant.length)]);
  collect();
  const seconds = secondsOf(() => {
    for (const [holderIndex = 0, vacantIndex = 0] of picks) {
      const holder = assigned[holderIndex];
      const address = vacant[vacantIndex];
      if (holder === undefined || address === undefined) throw new Error('out of bounds');
      const releasing = ledger.begin();
      releasing.release(holder.claim.holder, holder.address);
      releasing.commit();
      const reserving = ledger.begin();
      const reserved = reserving.reserve(holder.claim, address, POOL);
      if (!reserved.ok) throw new Error(reserved.error.code);
      reserving.commit();
      vacant[vacantIndex] = holder.address;
      holder.address = address;
    }
  });
  return (2 * CHURN) / seconds;
}

function fillMap(): number {
  const map = new Map<string, object>();
  collect();
  return (
    FULL /
    secondsOf(() => {
      for (const [index, claim] of ALL.entries()) map.set(claim.holder, { claim, index });
    })
  );
}

function churnMap(): number {
  const map = new Map(ALL.map((claim, index) => [claim.holder, { claim, index }]));
  const choose = makeChooser();
  const picks = Array.from({ length: CHURN }, () => choose(FULL));
  collect();
  const seconds = secondsOf(() => {
    for (const index of picks) {
      const claim = ALL[index];
      if (claim === undefined) throw new Error('out of bounds');
      map.delete(claim.holder);
      map.set(claim.holder, { claim, index });
    }
  });
  return (2 * CHURN) / seconds;
}

/** Nanoseconds for an allocation and its release, with 200 Services standing in the pool. */
function nanosecondsPerCycle(text: string): number {
  const ledger = ledgerOf(text);
  for (const claim of ALL.slice(0, 200)) grantTo(ledger, claim, 4);
  const [extraClaim] = ALL.slice(-1);
  if (extraClaim === undefined) throw new Error('nobody came');
  const rounds = 300_000;
  const seconds = secondsOf(() => {
    for (let i = 0; i < rounds; i++) {
      grantTo(ledger, extraClaim, 4);
      const transaction = ledger.begin();
      transaction.release(extraClaim.holder);
      transaction.commit();
    }
  });
  return (seconds * 1e9) / rounds;
}

/** The two take turns in short rounds, so that a busy machine disturbs both alike. */
function sizeRatio(): number {
  const rounds = 4;
  let [large, small] = [0, 0];
  for (let i = 0; i < rounds; i++) {
    small += nanosecondsPerCycle('10.0.0.0/24');
    large += nanosecondsPerCycle('10.0.0.0/8');
  }
  return large / small;
}

const sequential = (index: number): bigint => BigInt(index);
/** All over a /64: an odd multiplier visits every place once. */
const scattered = (index: number): bigint => BigInt.asUintN(64, BigInt(index) * 0x9e37_79b9_7f4a_7c15n);

const atLeast = (goal: number) => (median: number) => median >= goal;
const atMost = (goal: number) => (median: number) => median <= goal;

const figures: readonly Figure[] = [
  {
    name: 'fill a /12',
    unit: 'Services/s',
    goal: '≥ 1,000,000',
    met: atLeast(1e6),
    measure: () => fill('10.0.0.0/12'),
    baseline: fillMap,
  },
  {
    name: 'release and reserve, a /12 at 99.9 %',
    unit: 'operations/s',
    goal: '≥ 500,000',
    met: atLeast(5e5),
    measure: () => churn('10.0.0.0/12', sequential),
    baseline: churnMap,
  },
  {
    name: 'fill from the low end of an IPv6 /64',
    unit: 'Services/s',
    goal: '≥ 300,000',
    met: atLeast(3e5),
    measure: () => fill('2001:db8::/64'),
    baseline: fillMap,
  },
  {
    name: 'release and reserve all over an IPv6 /64',
    unit: 'operations/s',
    goal: '≥ 300,000',
    met: atLeast(3e5),
    measure: () => churn('2001:db8::/64', scattered),
    baseline: churnMap,
  },
  { name: 'cost in a /8 ÷ in a /24', unit: '', goal: '≤ 2', met: atMost(2), measure: sizeRatio },
];

const round = (value: number): number => (value >= 100 ? Math.round(value) : Math.round(value * 100) / 100);
const show = (value: number): string => round(value).toLocaleString('en-US');

type Spread = { readonly median: number; readonly low: number; readonly high: number };

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [low = 0, median = 0, high = 0] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  return { median: round(median), low: round(low), high: round(high) };
}

/** The figure and its yardstick take turns. */
function measured({ name, unit, goal, met, measure, baseline }: Figure, runs: number) {
  const values: number[] = [];
  const baselineValues: number[] = [];
  for (let i = 0; i < runs; i++) {
    values.push(measure());
    if (baseline !== undefined) baselineValues.push(baseline());
  }
  const spread = spreadOf(values);
  const bareMap = baseline === undefined ? null : spreadOf(baselineValues);
  return { name, unit, goal, ...spread, bareMap, met: met(spread.median) };
}

const showSpread = ({ median, low, high }: Spread, unit: string): string =>
  `${show(median)}${unit === '' ? '' : ` ${unit}`} (${show(low)}–${show(high)})`;

function run(): void {
  const runs = Math.max(3, Number(options.runs));
  const wanted = figures.filter(({ name }) => name.includes(options.only));
  const rows = wanted.map((figure) => measured(figure, runs));
  if (options.output === 'json') {
    process.stdout.write(`${JSON.stringify({ runs, figures: rows }, null, 2)}\n`);
    return;
  }
  const lines = rows.map(
    (row) =>
      `| ${row.name} | ${showSpread(row, row.unit)} | ${row.goal} | ${row.met ? 'yes' : 'no'} | ${row.bareMap === null ? '' : showSpread(row.bareMap, '')} |`,
  );
  const head = ['| figure | measured | goal | met | bare Map |', '|---|---|---|---|---|'];
  process.stdout.write(`median of ${runs} runs (range)\n\n${[...head, ...lines].join('\n')}\n`);
}

run();
