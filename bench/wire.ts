/** Benchmarks of the BGP codec: throughput of UPDATE messages, and malformed messages. Nothing is sent. */
import { wireMalformed } from './scenarios/wire/malformed-messages.ts';
import { wireThroughput } from './scenarios/wire/throughput.ts';
import { bench } from './support/figures.ts';

await bench(20, async () => [...wireThroughput(), ...wireMalformed()]);
