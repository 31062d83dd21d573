/** Benchmarks of BFD: packets a second, random packets, and sessions on a machine that is busy. The last one needs root. */
import { bfdFalseDowns } from './scenarios/bfd/false-downs.ts';
import { bfdRandomPackets, bfdThroughput } from './scenarios/bfd/packets.ts';
import { bench } from './support/figures.ts';

await bench(30, async () => [...bfdThroughput(), ...bfdRandomPackets(), ...(await bfdFalseDowns())]);
