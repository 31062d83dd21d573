/** A bed whose nodes have routers on their segment, all of them in the collector. */
import type { Family } from '../../../../../src/net/address.ts';
import { BgpNetwork, nodeAddresses, routerAddress } from './bgp-network.ts';
import { Collector } from './collector/collector.ts';
import { SpeakerBed } from './speaker-bed.ts';

/** A router as a case describes it. */
export type CaseRouter = {
  readonly as: number;
  readonly at?: string;
  readonly port?: number;
  readonly family?: 'ipv6';
  readonly password?: string;
  readonly fourOctet?: boolean;
};

const BGP_PORT = 179;
const ROUTER_HOLD_SECONDS = 90;

export class BgpBed {
  readonly speakers: SpeakerBed;
  readonly collector: Collector;

  private constructor(speakers: SpeakerBed, collector: Collector) {
    this.speakers = speakers;
    this.collector = collector;
  }

  static async start(): Promise<BgpBed> {
    const network = new BgpNetwork();
    const speakers = await SpeakerBed.start(network);
    return new BgpBed(speakers, await Collector.start(network.hub));
  }

  stop(): Promise<void> {
    return this.speakers.stop();
  }

  async clear(): Promise<void> {
    await this.collector.closeAll();
    await this.speakers.clear();
  }

  async startRouter(name: string, router: CaseRouter): Promise<void> {
    const family: Family = router.family === 'ipv6' ? 6 : 4;
    const location = router.at ?? name;
    await this.collector.listen({
      name,
      as: router.as,
      address: routerAddress(location, family),
      port: router.port ?? BGP_PORT,
      routerId: routerAddress(location, 4),
      holdTime: ROUTER_HOLD_SECONDS,
      fourOctetAs: router.fourOctet ?? true,
      password: router.password ?? '',
      neighbors: nodeAddresses(family),
    });
  }
}
