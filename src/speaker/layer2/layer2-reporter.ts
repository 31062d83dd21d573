/** Reports what layer 2 of a node does: metrics, events of Services, and the log. */
import type { Clock } from '../../base/clock.ts';
import type { Layer2State } from '../../layer2/election/layer2-state.ts';
import type { OwnedService } from '../../layer2/election/node-share.ts';
import type { RecordedOwners } from '../../layer2/election/record-index.ts';
import type { AddressConflict } from '../../layer2/membership/speaker-presence.ts';
import type { WireEvent } from '../../layer2/packets/layer2-wire.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { SpeakerEvent } from '../ports.ts';
import { AddressConflicts } from './address-conflicts.ts';
import { AssignedServices } from './assigned-services.ts';
import type { ElectionOutcome } from './layer2-speaker.ts';

/** MetalLB's events have this protocol in their text, and the gauge in its label. */
const PROTOCOL = 'layer2';

export type Layer2ServiceEvent = SpeakerEvent['event'];

export type Layer2ReporterOptions = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly node: string;
  readonly clock: Pick<Clock, 'after'>;
  /** See `conflicts`. */
  readonly conflictsChanged: () => void;
  /** A Service that does not exist gets none. */
  readonly sendEvent: (service: ServiceKey, event: Layer2ServiceEvent) => void;
};

export class Layer2Reporter {
  readonly #options: Layer2ReporterOptions;
  readonly #conflicts: AddressConflicts;
  /** The Services that this node answers for. */
  #owned: ReadonlyMap<ServiceKey, OwnedService> = new Map();
  readonly #assigned: AssignedServices;
  #failed: ReadonlyMap<ServiceKey, readonly Address[]> = new Map();
  #unreachable: ReadonlySet<ServiceKey> = new Set();

  constructor(options: Layer2ReporterOptions) {
    this.#options = options;
    this.#assigned = new AssignedServices(options.node);
    this.#conflicts = new AddressConflicts(options.clock, options.conflictsChanged);
  }

  /** Addresses of this node that another host uses. */
  get conflicts(): readonly AddressConflict[] {
    return this.#conflicts.list;
  }

  /** `recorded` has the node in the ServiceL2Status of each Service: a restart sends no event again. */
  elected(
    { state, ownable, share }: Omit<ElectionOutcome, 'records'>,
    recorded: RecordedOwners['recorded'],
  ): void {
    const { log } = this.#options;
    const owned = share.services;
    const hasOwner = (key: ServiceKey): boolean => (state.byService.get(key)?.owner ?? null) !== null;
    for (const key of this.#assigned.update({ owned, recorded, hasOwner })) this.#sendAssigned(key);
    if (owned !== this.#owned) {
      if (owned.size !== this.#owned.size)
        log.info('services answered for by layer 2', { services: owned.size, before: this.#owned.size });
      this.#publish(owned);
      this.#owned = owned;
      this.#conflicts.keepOnly((address) => this.#servicesOf(address).length > 0);
    }
    this.#reportFailures(ownable.elections);
  }

  wireEvent(event: Exclude<WireEvent, { kind: 'interfaces' }>): void {
    const { log, metrics } = this.#options;
    switch (event.kind) {
      case 'counted':
        for (const { address, requests, responses, gratuitous } of event.counts) {
          const ip = formatAddress(address);
          metrics.add('metallb_layer2_requests_received', requests, { ip });
          metrics.add('metallb_layer2_responses_sent', responses, { ip });
          metrics.add('metallb_layer2_gratuitous_sent', gratuitous, { ip });
        }
        return;
      case 'answering':
        log.debug('address answered for', { ip: formatAddress(event.address), interface: event.interface });
        return;
      case 'claimed':
        if (!event.isSpeaker) this.#conflict(event);
        return;
      case 'refused':
        this.#conflict(event);
        return;
      case 'suspended':
        log.warn('the process stood still, all addresses were elected anew', { took: event.duration });
        return;
      case 'problem':
        log.warn('layer 2 does not work in part', { because: event.message });
        return;
      case 'failed':
        log.error('layer 2 ended, no address is answered for', { because: event.message });
        return;
    }
  }

  /** Another host uses an address. */
  #conflict({
    address,
    mac,
    interface: interfaceName,
  }: {
    readonly address: Address;
    readonly interface: string;
    readonly mac: string;
  }): void {
    const { log, metrics, sendEvent } = this.#options;
    const ip = formatAddress(address);
    log.warn('another host uses the address', { ip, interface: interfaceName, mac });
    metrics.count('berth_layer2_conflicts_total', { ip });
    this.#conflicts.seen({ address: ip, mac, interface: interfaceName });
    const message = `another host uses ${ip}: it has the MAC address ${mac} on ${interfaceName}. Take the address off that host, or out of the pool`;
    for (const key of this.#servicesOf(ip))
      sendEvent(key, { type: 'Warning', reason: 'AddressConflict', message });
  }

  #servicesOf(ip: string): readonly ServiceKey[] {
    return [...this.#owned].flatMap(([key, { addresses }]) => (addresses.includes(ip) ? [key] : []));
  }

  #sendAssigned(key: ServiceKey): void {
    const { node, sendEvent } = this.#options;
    const message = `announcing from node ${JSON.stringify(node)} with protocol "${PROTOCOL}"`;
    sendEvent(key, { type: 'Normal', reason: 'nodeAssigned', message });
  }

  /** MetalLB's event where no node has an interface that is named, and ours where sharing leaves a Service out. */
  #reportFailures(elections: Layer2State['elections']): void {
    const { node, sendEvent } = this.#options;
    const failed = new Map<ServiceKey, readonly Address[]>();
    const unreachable = new Set<ServiceKey>();
    for (const { group, owner, withoutInterface, unreachable: left } of elections) {
      if (withoutInterface === node)
        for (const { service, addresses } of group) failed.set(service.key, addresses);
      if (owner?.node === node) for (const key of left) unreachable.add(key);
    }
    for (const [key, addresses] of failed) {
      if (this.#failed.has(key)) continue;
      for (const ip of addresses.map(formatAddress)) {
        const message = `the interfaces specified by LB IP ${JSON.stringify(ip)} doesn't exist in assigned node ${JSON.stringify(node)} with protocol "${PROTOCOL}"`;
        sendEvent(key, { type: 'Warning', reason: 'announceFailed', message });
      }
    }
    for (const key of unreachable) {
      if (this.#unreachable.has(key)) continue;
      const message = `it shares an address that node ${node} answers for, and ${node} cannot serve it. Let one node suit all Services of the address, or give this one its own`;
      sendEvent(key, { type: 'Warning', reason: 'AddressUnreachable', message });
    }
    this.#failed = failed;
    this.#unreachable = unreachable;
  }

  #publish(owned: ReadonlyMap<ServiceKey, OwnedService>): void {
    const { metrics, node } = this.#options;
    const labels = (service: ServiceKey, ip: string) => ({ service, protocol: PROTOCOL, node, ip });
    for (const [key, before] of this.#owned) {
      const now = owned.get(key);
      if (now === before) continue;
      for (const ip of before.addresses)
        if (now?.addresses.includes(ip) !== true)
          metrics.remove('metallb_speaker_announced', labels(key, ip));
    }
    for (const [key, now] of owned) {
      const before = this.#owned.get(key);
      if (now === before) continue;
      for (const ip of now.addresses)
        if (before?.addresses.includes(ip) !== true)
          metrics.set('metallb_speaker_announced', 1, labels(key, ip));
    }
  }
}
