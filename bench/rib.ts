/**
 * Measures the Adj-RIBs-Out of one speaker: packing a full table for a new session, advertising one changed path to all
 * peers, and the memory of each prefix at each peer. Nothing is sent.
 */

import { type BgpPath, DEFAULT_ATTRIBUTES, toNextHop } from '../src/bgp/attributes/path.ts';
import { AdjRibOut } from '../src/bgp/rib/adj-rib-out.ts';
import type { SessionTerms } from '../src/bgp/rib/peer-terms.ts';
import { newRibTables, type RibTables } from '../src/bgp/rib/shared-tables.ts';
import { FAMILY_BITS, type Family } from '../src/net/address.ts';
import type { Prefix } from '../src/net/prefix.ts';
import { bench, median, note, type Row, spread } from './support/figures.ts';
import { collectGarbage, cpuMillis, heapBytes } from './support/process-usage.ts';

const TABLE = 100_000;
const TABLE_MS = 50;
const PEERS = 16;
const SERVICES = 10_000;
const CHANGE_MS = 1;
const PREFIX_BYTES = 100;
const RUNS = 15;
/** Runs before the measured ones, so that the code is compiled. The first of them is noted. */
const WARM_UP_RUNS = 10;
const CHANGES = 200;
/** Bytes that a connection takes at a time. */
const CHUNK_BYTES = 65_536;

const TERMS: SessionTerms = {
  families: [4, 6],
  fourOctetAs: true,
  extendedNextHop: false,
  enhancedRouteRefresh: true,
  sendMax: 4096,
};

const FIRST = { 4: 10n << 24n, 6: 0x2001_0db8n << 96n } as const;

const prefixesOf = (family: Family, count: number): readonly Prefix[] =>
  Array.from({ length: count }, (_, at) => ({
    family,
    bits: FIRST[family] + BigInt(at),
    length: FAMILY_BITS[family],
  }));

const pathOf = (family: Family, med: number): BgpPath => ({
  nextHop: toNextHop({ family, bits: FIRST[family] - 1n }),
  attributes: {
    ...DEFAULT_ATTRIBUTES,
    asPath: [{ kind: 'sequence', asns: [64_512] }],
    med,
    communities: [0xfc00_0064],
  },
});

/** Takes all messages, as a connection does. */
function drain(rib: AdjRibOut): { readonly octets: number; readonly messages: number } {
  let [octets, messages] = [0, 0];
  for (let chunk = rib.takeMessages(CHUNK_BYTES); chunk.length > 0; chunk = rib.takeMessages(CHUNK_BYTES)) {
    for (const { length } of chunk) octets += length;
    messages += chunk.length;
  }
  return { octets, messages };
}

function fullTable(family: Family): Row {
  const rib = new AdjRibOut(newRibTables());
  const path = pathOf(family, 0);
  for (const prefix of prefixesOf(family, TABLE)) rib.setDesired(prefix, path);
  rib.markComplete();
  const times: number[] = [];
  const rates: number[] = [];
  for (let run = 0; run < WARM_UP_RUNS + RUNS; run++) {
    rib.sessionClosed();
    const startedAt = cpuMillis();
    rib.sessionEstablished(TERMS);
    const { octets, messages } = drain(rib);
    const milliseconds = cpuMillis() - startedAt;
    if (run === 0)
      note(`${TABLE} IPv${family} prefixes: ${messages} messages; cold ${milliseconds.toFixed(0)} ms`);
    if (run < WARM_UP_RUNS) continue;
    times.push(milliseconds);
    rates.push(octets / 1000 / milliseconds);
  }
  return {
    figure: `CPU time of ${TABLE} IPv${family} prefixes with one path, from a new session to framed messages`,
    goal: `≤ ${TABLE_MS} ms`,
    seen: `${spread(times)} ms; ${spread(rates)} MB/s`,
    met: median(times) <= TABLE_MS,
  };
}

function peersOf(tables: RibTables): readonly AdjRibOut[] {
  return Array.from({ length: PEERS }, () => {
    const rib = new AdjRibOut(tables);
    rib.markComplete();
    rib.sessionEstablished(TERMS);
    return rib;
  });
}

/** The address of one Service gets another path, which is advertised to every peer. */
function oneChange(): Row {
  const ribs = peersOf(newRibTables());
  const prefixes = prefixesOf(6, SERVICES);
  const usual = pathOf(6, 0);
  for (const rib of ribs) {
    for (const prefix of prefixes) rib.setDesired(prefix, usual);
    drain(rib);
  }
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const startedAt = cpuMillis();
    for (const [change, prefix] of prefixes.slice(run * CHANGES, (run + 1) * CHANGES).entries()) {
      const path = pathOf(6, run * CHANGES + change + 1);
      let messages = 0;
      for (const rib of ribs) {
        rib.setDesired({ ...prefix }, path);
        messages += rib.takeMessages(CHUNK_BYTES).length;
      }
      if (messages !== PEERS) throw new Error(`${messages} messages`);
    }
    times.push((cpuMillis() - startedAt) / CHANGES);
  }
  return {
    figure: `CPU time where one of ${SERVICES} IPv6 prefixes gets a new path at ${PEERS} peers`,
    goal: `≤ ${CHANGE_MS} ms`,
    seen: `${spread(times)} ms`,
    met: median(times) <= CHANGE_MS,
  };
}

/** Heap and array buffers of all tables and peers; ten paths are shared by the prefixes. */
function memory(family: Family): Row {
  const sizes: number[] = [];
  const kept: unknown[] = []; // so that no run frees the memory of an earlier one
  for (let run = 0; run < 3; run++) {
    collectGarbage();
    const before = heapBytes();
    const tables = newRibTables();
    const ribs = peersOf(tables);
    kept.push(ribs);
    for (let at = 0; at < SERVICES; at++) {
      const [prefix] = prefixesOf(family, 1).map((one) => ({ ...one, bits: one.bits + BigInt(at) }));
      if (prefix === undefined) throw new Error('no prefix');
      for (const rib of ribs) rib.setDesired({ ...prefix }, pathOf(family, at % 10));
    }
    for (const rib of ribs) drain(rib);
    collectGarbage();
    sizes.push((heapBytes() - before) / SERVICES / PEERS);
    const advertised = ribs.reduce((sum, rib) => sum + rib.counts(family).advertised, 0);
    if (advertised !== SERVICES * PEERS || kept.length !== run + 1)
      throw new Error(`${advertised} advertised`);
  }
  return {
    figure: `memory of a prefix at a peer, ${SERVICES} IPv${family} prefixes at ${PEERS} peers, shared tables included`,
    goal: `≤ ${PREFIX_BYTES} bytes`,
    seen: `${spread(sizes)} bytes`,
    met: Math.max(...sizes) <= PREFIX_BYTES,
  };
}

await bench(2, async () => [fullTable(4), fullTable(6), oneChange(), memory(4), memory(6)]);
