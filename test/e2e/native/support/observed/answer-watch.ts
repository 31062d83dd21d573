/** Asks for an address on both segments all the time, in processes of its own, and measures gaps and overlaps of the answers. */
import { fieldsOf, numberOf, parseJsonOrNull, textsOf } from '../../../../../src/base/json.ts';
import { LineProgram } from '../../../../layer2/transport/support/line-program.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import { answerTo } from './answer.ts';
import { type AnswerTiming, answerTiming, type Round } from './answer-timing.ts';
import { CLIENT_INTERFACE, SEGMENTS, type Segment } from './layer2-network.ts';

const HOST = new URL('./watch-program.ts', import.meta.url);

export class AnswerWatch {
  readonly address: string;
  readonly #hosts: Readonly<Record<Segment, LineProgram>>;

  private constructor(address: string, hosts: Readonly<Record<Segment, LineProgram>>) {
    this.address = address;
    this.#hosts = hosts;
  }

  /** `question` is the frame that is sent on a segment. */
  static async start(
    client: NetworkNamespace,
    address: string,
    question: (segment: Segment) => Uint8Array,
  ): Promise<AnswerWatch> {
    const host = (segment: Segment): LineProgram => {
      const frame = Buffer.from(question(segment)).toString('hex');
      return new LineProgram(client, HOST, [CLIENT_INTERFACE[segment], frame]);
    };
    const watch = new AnswerWatch(address, { a: host('a'), b: host('b') });
    for (const segment of SEGMENTS)
      await watch.#hosts[segment].next((line) => line === 'ready', `watch on segment ${segment}`);
    return watch;
  }

  /** By segment; without those where nobody ever answered. */
  end(): Readonly<Partial<Record<Segment, AnswerTiming>>> {
    const timings: Partial<Record<Segment, AnswerTiming>> = {};
    for (const segment of SEGMENTS) {
      this.#hosts[segment].kill();
      const timing = answerTiming(this.#hosts[segment].lines.map((line) => this.#round(line)));
      if (timing !== null) timings[segment] = timing;
    }
    return timings;
  }

  #round(line: string): Round {
    const { at, frames } = fieldsOf(parseJsonOrNull(line));
    const answering = textsOf(frames).flatMap((hex) => answerTo(this.address, Buffer.from(hex, 'hex')) ?? []);
    return { at: numberOf(at) ?? 0, answering };
  }
}
