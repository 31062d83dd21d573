/** Benchmarks of layer 2, as root: answers beside the kernel's, a busy segment, random frames, elections. Two network namespaces. */
import { layer2Answers } from './scenarios/layer2/answers.ts';
import { layer2BusySegment } from './scenarios/layer2/busy-segment.ts';
import { layer2Elections } from './scenarios/layer2/elections.ts';
import { layer2RandomFrames } from './scenarios/layer2/random-frames.ts';
import { bench } from './support/figures.ts';

await bench(20, async () => [
  ...(await layer2Answers()),
  ...(await layer2BusySegment()),
  ...layer2RandomFrames(),
  ...layer2Elections(),
]);
