/** What the two threads of a wire say to each other. */
import type { Millis } from '../../base/clock.ts';
import type { Address } from '../../net/address.ts';
import type { MacAddress, WireEvent } from '../packets/layer2-wire.ts';
import type { OwnedChanges } from '../packets/owned-changes.ts';

export type WireCommand =
  | { readonly kind: 'owned'; readonly changes: OwnedChanges }
  | { readonly kind: 'speakers'; readonly macs: readonly MacAddress[] }
  | { readonly kind: 'excluded'; readonly patterns: readonly string[] }
  | { readonly kind: 'defend'; readonly address: Address; readonly interface: string }
  | { readonly kind: 'announce'; readonly addresses: readonly Address[] }
  | { readonly kind: 'resume' }
  | { readonly kind: 'close' };

/** What the thread of the wire is started with. */
export type WireThreadData = {
  /** Event descriptor by which the main thread says that there are commands. */
  readonly wakeDescriptor: number;
  readonly suspendedAfter: Millis;
  readonly excluded: readonly string[];
};

/** `ready`: the sockets work, and commands are read. */
export type WireReport = WireEvent | { readonly kind: 'ready' };
