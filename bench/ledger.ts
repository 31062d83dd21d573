/**
 * Measures the ledger alone: the rate of allocations, the rate of releases and reservations in a pool that is nearly full,
 * and whether the size of a pool matters. The baseline is a plain Map from the same holders to new records, measured in
 * turns: filled in order, or with random entries deleted and set again.
 *
 * `node --expose-gc --import tsx bench/ledger.ts [--runs N] [--only TEXT]`
 */
import { parseArgs } from 'node:util';
import { Ledger } from '../src/ipam/ledger.ts';
import type { Claim } from '../src/ipam/sharing.ts';
import type { Address, Family } from '../src/net/address.ts';
import { type AddressRange, parseRange } from '../src/net/range.ts';
import { bench, median, note, type Row, spread } from './support/figures.ts';
import { collectGarbage } from './support/process-usage.ts';

type Figure = {
  readonly name: string;
  readonly unit: string;
  readonly goal: string;
  readonly met: (median: number) => boolean;
  readonly measure: () => number;
  /** The same of a plain Map, in the same unit. */
  readonly baseline?: () => number;
};

const POOL = 'pool';
const MILLION = 1e6;
const FULL = 1_048_576; // addresses in a /12
const VACANT_SHARE = 0.001; // 99.9 % full
const CHURN = 400_000; // Services that release an address and reserve another: two operations each

const { values: options } = parseArgs({
  options: {
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

/** Claims as the decoder makes them: flat strings, a port. */
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

/** One transaction for each Service, as in the controller. */
function grantTo(ledger: Ledger, claim: Claim, family: Family): void {
  const transaction = ledger.begin();
  const granted = transaction.allocate(claim, POOL, family);
  if (!granted.ok) throw new Error(granted.error.code);
  transaction.commit();
}

function fill(text: string): number {
  const ledger = ledgerOf(text);
  const { family } = range(text);
  collectGarbage();
  return (
    FULL /
    secondsOf(() => {
      for (const claim of ALL) grantTo(ledger, claim, family);
    })
  );
}

/** A pseudo-random generator, so that all runs make the same choices. */
function makeChooser(): (below: number) => number {
  let state = 12_345;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/** Releases the address of a random Service, and reserves a random vacant one for it. */
function churn(text: string, offsetOf: (index: number) => bigint): number {
  const ledger = ledgerOf(text);
  const { family, first } = range(text);
  const choose = makeChooser();
  const vacant: Address[] = [];
  const assigned: { readonly claim: Claim; address: Address }[] = [];
  for (const [index, claim] of ALL.entries()) {
    const address = { family, bits: first + offsetOf(index) };
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
  collectGarbage();
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
  collectGarbage();
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
  collectGarbage();
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

/** Nanoseconds of an allocation and its release in a pool with 200 allocations. */
function nanosecondsPerCycle(text: string): number {
  const ledger = ledgerOf(text);
  for (const claim of ALL.slice(0, 200)) grantTo(ledger, claim, 4);
  const [extraClaim] = ALL.slice(-1);
  if (extraClaim === undefined) throw new Error('there are no claims');
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

/** Both are measured in turns of short rounds, so that a busy machine slows both. */
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
/** Spread over a /64: an odd multiplier visits every offset once. */
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
    name: 'release and reserve in a /12, 99.9 % full',
    unit: 'operations/s',
    goal: '≥ 500,000',
    met: atLeast(5e5),
    measure: () => churn('10.0.0.0/12', sequential),
    baseline: churnMap,
  },
  {
    name: 'fill an IPv6 /64 from its first address',
    unit: 'Services/s',
    goal: '≥ 300,000',
    met: atLeast(3e5),
    measure: () => fill('2001:db8::/64'),
    baseline: fillMap,
  },
  {
    name: 'release and reserve, spread over an IPv6 /64',
    unit: 'operations/s',
    goal: '≥ 300,000',
    met: atLeast(3e5),
    measure: () => churn('2001:db8::/64', scattered),
    baseline: churnMap,
  },
  { name: 'an operation in a /8 ÷ in a /24', unit: '', goal: '≤ 2', met: atMost(2), measure: sizeRatio },
];

/** Of what was measured in each run, with its unit: large numbers in millions. */
const show = (values: readonly number[], unit: string): string =>
  unit === '' ? spread(values) : `${spread(values.map((value) => value / MILLION))} M ${unit}`;

/** The ledger and its baseline take turns. */
function measureFigure({ name, unit, goal, met, measure, baseline }: Figure, runs: number): Row {
  const values: number[] = [];
  const baselineValues: number[] = [];
  for (let i = 0; i < runs; i++) {
    values.push(measure());
    if (baseline !== undefined) baselineValues.push(baseline());
  }
  note(`${name}: ${show(values, unit)}`);
  const baselineText = baselineValues.length === 0 ? '' : `; a plain Map ${show(baselineValues, unit)}`;
  return {
    figure: `ledger: ${name}`,
    goal,
    seen: `${show(values, unit)}${baselineText}; ${runs} runs`,
    met: met(median(values)),
  };
}

await bench(15, async () => {
  const runs = Math.max(3, Number(options.runs));
  return figures.filter(({ name }) => name.includes(options.only)).map((one) => measureFigure(one, runs));
});
