/** A node with a wire, and a host on the same segment, in network namespaces. */
import type { TestContext } from 'node:test';
import { eventually } from '../../../support/eventually.ts';
import { type NetworkNamespace, TestNetwork } from '../../../support/netns/network.ts';
import { describeFrame } from '../../packets/support/frames.ts';
import { LineProgram } from './line-program.ts';
import type { ProgramCommand } from './wire-program.ts';

const WIRE = new URL('./wire-program.ts', import.meta.url);
const HOST = new URL('./frame-program.ts', import.meta.url);

export const NODE_MAC = '02:00:00:00:00:aa';
export const HOST_MAC = '02:00:00:00:00:01';

const LIMIT = { limit: 20_000 };

export class WireBed {
  readonly network = new TestNetwork();
  readonly node: NetworkNamespace;
  readonly host: NetworkNamespace;
  readonly #programs: LineProgram[] = [];

  /**
   * `eth0` on both sides, with 192.0.2.2 and 192.0.2.1, and 2001:db8::2 and ::1. `connect` puts a cable between them, or what
   * else a segment is made of.
   */
  constructor(
    test: TestContext,
    connect: (node: NetworkNamespace, host: NetworkNamespace, network: TestNetwork) => void = (node, host) =>
      node.addVeth('eth0', host, 'eth0'),
  ) {
    test.after(() => this.destroy());
    this.node = this.network.namespace('node');
    this.host = this.network.namespace('host');
    connect(this.node, this.host, this.network);
    this.node.ip(
      `link set eth0 address ${NODE_MAC}`,
      'address add 192.0.2.2/24 dev eth0',
      'address add 2001:db8::2/64 dev eth0',
    );
    this.host.ip(
      `link set eth0 address ${HOST_MAC}`,
      'address add 192.0.2.1/24 dev eth0',
      'address add 2001:db8::1/64 dev eth0',
    );
  }

  /** Starts the wire, and waits until it knows `eth0`. */
  async startWire(environment: Readonly<Record<string, string>> = {}): Promise<WireProgram> {
    const wire = new WireProgram(new LineProgram(this.node, WIRE, [], environment));
    this.#programs.push(wire.program);
    await wire.event('open', () => true);
    await wire.event('interfaces', ({ interfaces }) => JSON.stringify(interfaces).includes('"eth0"'));
    return wire;
  }

  startProgram(environment: Readonly<Record<string, string>>): LineProgram {
    const program = new LineProgram(this.node, WIRE, [], environment);
    this.#programs.push(program);
    return program;
  }

  /** Starts to watch the segment from the host's side. */
  async startHost(): Promise<HostProgram> {
    const program = new LineProgram(this.host, HOST, ['eth0']);
    this.#programs.push(program);
    await program.next((line) => line === 'ready', 'host');
    return new HostProgram(program);
  }

  /** What the kernel of the host knows after it wanted to send to the address. */
  async resolve(address: string): Promise<string> {
    const [, mac = 'unknown'] = /lladdr (\S+)/.exec(await this.neighbour(address)) ?? [];
    if (mac !== 'unknown') return mac;
    const path = `/dev/udp/${address}/9`;
    await this.host.run('bash', '-c', `echo x > ${path}`).catch(() => {});
    return eventually(async () => {
      const [, found] = /lladdr (\S+)/.exec(await this.neighbour(address)) ?? [];
      if (found !== undefined) return found;
      await this.host.run('bash', '-c', `echo x > ${path}`).catch(() => {});
      throw new Error(`${address} is not resolved: ${await this.neighbour(address)}`);
    }, LIMIT);
  }

  neighbour(address: string): Promise<string> {
    return this.host.run('ip', 'neigh', 'show', 'to', address);
  }

  destroy(): void {
    for (const program of this.#programs) program.kill();
    this.network.destroy();
  }
}

export type ReportedEvent = { readonly kind: string; readonly [field: string]: unknown };

export class WireProgram {
  readonly program: LineProgram;

  constructor(program: LineProgram) {
    this.program = program;
  }

  send(command: ProgramCommand): void {
    this.program.send(JSON.stringify(command));
  }

  own(...addresses: readonly string[]): void {
    this.send({ kind: 'own', table: addresses.map((address) => ({ address })) });
  }

  /** Waits for such an event; earlier ones are dropped. */
  async event(
    kind: string,
    isWanted: (event: ReportedEvent) => boolean = () => true,
  ): Promise<ReportedEvent> {
    const line = await this.program.next((text) => {
      const event = parseEvent(text);
      return event.kind === kind && isWanted(event);
    }, kind);
    return parseEvent(line);
  }
}

const parseEvent = (line: string): ReportedEvent => JSON.parse(line);

export class HostProgram {
  readonly #program: LineProgram;

  constructor(program: LineProgram) {
    this.#program = program;
  }

  send(frame: Uint8Array): void {
    this.#program.send(Buffer.from(frame).toString('hex'));
  }

  /** Frames seen since the last call, in words. */
  frames(): string[] {
    return this.#program.lines.splice(0).map((line) => describeFrame(Buffer.from(line, 'hex')));
  }

  /** Waits for a frame that says this; earlier ones are dropped. */
  async frame(pattern: RegExp): Promise<string> {
    const describe = (line: string): string => describeFrame(Buffer.from(line, 'hex'));
    return describe(await this.#program.next((line) => pattern.test(describe(line)), `${pattern}`));
  }
}
