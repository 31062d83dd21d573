/**
 * Benchmark of a whole speaker by layer 2, with 5,000 Services of a real API server, in a network namespace. Needs root.
 * `BENCH_SHARE=0.1` is a smaller run.
 */
import { layer2Speaker } from './scenarios/layer2/speaker.ts';
import { bench } from './support/figures.ts';
import { reexecInNetworkNamespace } from './support/speaker/network-namespace.ts';

await reexecInNetworkNamespace();
await bench(15, layer2Speaker);
