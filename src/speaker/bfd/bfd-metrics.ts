/**
 * MetalLB's metrics of BFD, with the labels of its FRR mode: the router's address without a port, and the VRF, which is always
 * the default one. Written on scrape; the series of a session that is gone end.
 */
import type { BfdCounters } from '../../bfd/status.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { BfdRouterStatus } from './bfd-peers.ts';

const VRF = 'default';

const COUNTERS = [
  'metallb_bfd_control_packet_input',
  'metallb_bfd_control_packet_output',
  'metallb_bfd_echo_packet_input',
  'metallb_bfd_echo_packet_output',
  'metallb_bfd_session_up_events',
  'metallb_bfd_session_down_events',
  'metallb_bfd_zebra_notifications',
] as const;

type Counts = Readonly<Record<(typeof COUNTERS)[number], number>>;

/** There is no echo mode. What FRR passes on through its daemon zebra, BFD passes on to BGP directly: each up and down. */
const countsOf = ({ packetsReceived, packetsSent, upEvents, downEvents }: BfdCounters): Counts => ({
  metallb_bfd_control_packet_input: packetsReceived,
  metallb_bfd_control_packet_output: packetsSent,
  metallb_bfd_echo_packet_input: 0,
  metallb_bfd_echo_packet_output: 0,
  metallb_bfd_session_up_events: upEvents,
  metallb_bfd_session_down_events: downEvents,
  metallb_bfd_zebra_notifications: upEvents + downEvents,
});

/** A session that began anew under the same key counts from 0. */
const increase = (now: number, before: number): number => (now >= before ? now - before : now);

export class BfdMetrics {
  readonly #metrics: Metrics;
  /** What is counted already, by router. */
  #counted = new Map<string, Counts>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  scrape(sessions: readonly BfdRouterStatus[]): void {
    const current = new Map<string, Counts>();
    for (const { router, status } of sessions) {
      const labels = { peer: router, vrf: VRF };
      const counts = countsOf(status.counters);
      const counted = this.#counted.get(router);
      this.#metrics.set('metallb_bfd_session_up', status.state === 'Up' ? 1 : 0, labels);
      for (const name of COUNTERS)
        this.#metrics.add(name, increase(counts[name], counted?.[name] ?? 0), labels);
      current.set(router, counts);
    }
    for (const router of this.#counted.keys()) if (!current.has(router)) this.#remove(router);
    this.#counted = current;
  }

  #remove(router: string): void {
    for (const name of ['metallb_bfd_session_up', ...COUNTERS] as const)
      this.#metrics.remove(name, { peer: router, vrf: VRF });
  }
}
