/** BIRD and FRR's bfdd as the other side of BFD sessions. */

import { Bird } from '../../../../support/netns/bird.ts';
import { Frr } from '../../../../support/netns/frr.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import { requireNetworkBinaries } from '../../../../support/network-binaries.ts';
import type { TextSpec } from './report.ts';
import { farSpecs, INTERVALS, NEXT_KEY, NODE_KEY, PLAIN, SECRET, tooFarSpec } from './topology.ts';

/** BIRD sends packets of multihop sessions with the usual TTL; FRR with the greatest one (RFC 5883 leaves that open). */
const BIRD_MULTIHOP_TTL = 64;
const FRR_MULTIHOP_TTL = 255;

export interface BfdRouter {
  readonly sessions: readonly TextSpec[];
  readonly tooFar: TextSpec;
  start(): void;
  /** Addresses of the node whose sessions are up here. */
  up(): Promise<readonly string[]>;
  /** Other intervals for all sessions, while they are up. */
  setInterval(millis: number): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

export type BirdBfdOptions = { readonly authentication: string; readonly passive: boolean };

const USUAL: BirdBfdOptions = { authentication: 'meticulous keyed sha1', passive: false };

export class BirdBfd implements BfdRouter {
  readonly sessions = [...PLAIN, ...SECRET, ...farSpecs(BIRD_MULTIHOP_TTL)];
  readonly #options: BirdBfdOptions;
  readonly tooFar = tooFarSpec(BIRD_MULTIHOP_TTL);
  readonly #bird: Bird;

  constructor(space: NetworkNamespace, options = USUAL) {
    this.#options = options;
    const { bird, birdc } = requireNetworkBinaries();
    this.#bird = new Bird(space, 'router', { daemon: bird, control: birdc });
  }

  start(): void {
    this.#bird.write(birdText(INTERVALS.desiredMinTx, this.#options));
    this.#bird.start();
  }

  async up(): Promise<readonly string[]> {
    const table = await this.#bird.ask('show bfd sessions');
    return table
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([address = '', , state = '']) => (state === 'Up' ? [address] : []));
  }

  async setInterval(millis: number): Promise<void> {
    this.#bird.write(birdText(millis, this.#options));
    await this.#bird.configure();
  }

  signal(signal: NodeJS.Signals): void {
    this.#bird.signal(signal);
  }
}

const birdText = (millis: number, { authentication, passive }: BirdBfdOptions): string => `
router id 10.9.0.2;
log stderr all;
protocol device { }
protocol bfd {
  interface "secret" {
    ${birdIntervals(millis, passive)}
    authentication ${authentication};
    password "${NODE_KEY[1]}" { id ${NODE_KEY[0]}; };
    password "${NEXT_KEY[1]}" { id ${NEXT_KEY[0]}; };
  };
  interface "*" { ${birdIntervals(millis, passive)} };
  multihop { ${birdIntervals(millis, passive)} };
${[...PLAIN, ...SECRET].map(birdNeighbor).join('\n')}
${[...farSpecs(BIRD_MULTIHOP_TTL), tooFarSpec(BIRD_MULTIHOP_TTL)].map(({ local, remote }) => `  neighbor ${local} local ${remote} multihop on;`).join('\n')}
}
`;

const birdIntervals = (millis: number, passive: boolean): string =>
  `passive ${passive ? 'yes' : 'no'}; min rx interval ${millis} ms; min tx interval ${millis} ms; multiplier ${INTERVALS.detectMultiplier};`;

const birdNeighbor = ({ local, remote, interface: device }: TextSpec): string =>
  `  neighbor ${local} dev "${device ?? 'plain'}" local ${remote};`;

export class FrrBfd implements BfdRouter {
  readonly sessions = [...PLAIN, ...farSpecs(FRR_MULTIHOP_TTL)];
  readonly tooFar = tooFarSpec(FRR_MULTIHOP_TTL);
  readonly #frr: Frr;

  constructor(space: NetworkNamespace) {
    this.#frr = new Frr(space);
  }

  start(): void {
    const peers = [...this.sessions, this.tooFar]
      .map((spec) => `${frrPeer(spec)}\n  profile test\n`)
      .join(' ');
    this.#frr.start(
      'router bgp 64501\n',
      `bfd\n profile test\n${frrIntervals(INTERVALS.desiredMinTx)}\n ${peers}`,
    );
  }

  async up(): Promise<readonly string[]> {
    const peers =
      await this.#frr.json<readonly { readonly peer: string; readonly status: string }[]>(
        'show bfd peers json',
      );
    return peers.flatMap(({ peer, status }) => (status === 'up' ? [peer] : []));
  }

  async setInterval(millis: number): Promise<void> {
    const lines = frrIntervals(millis).split('\n');
    await this.#frr.ask('configure terminal', 'bfd', 'profile test', ...lines);
  }

  /** Takes one session down on purpose, or lets it come up again. */
  async setShutdown(spec: TextSpec, isShutdown: boolean): Promise<void> {
    await this.#frr.ask('configure terminal', 'bfd', frrPeer(spec), isShutdown ? 'shutdown' : 'no shutdown');
  }

  signal(signal: NodeJS.Signals): void {
    this.#frr.signal(signal, 'bfdd');
  }
}

const frrIntervals = (millis: number): string =>
  [
    `  detect-multiplier ${INTERVALS.detectMultiplier}`,
    `  transmit-interval ${millis}`,
    `  receive-interval ${millis}`,
    '  minimum-ttl 254',
  ].join('\n');

const frrPeer = ({ local, remote, interface: device, minimumTtl }: TextSpec): string =>
  minimumTtl === null
    ? `peer ${local} local-address ${remote} interface ${device ?? 'plain'}`
    : `peer ${local} multihop local-address ${remote}`;
