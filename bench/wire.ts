/** The octets of BGP: how fast UPDATEs are written and read, and what becomes of rubbish. Nothing is sent anywhere. */
import { wireMalformed } from './scenarios/wire/malformed-messages.ts';
import { wireThroughput } from './scenarios/wire/throughput.ts';
import { bench } from './support/figures.ts';

await bench(20, async () => [...wireThroughput(), ...wireMalformed()]);
