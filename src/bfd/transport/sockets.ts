/** The sockets that a BFD engine needs: declared by the engine, so that its tests have a network in memory. */
import type { Result } from '../../base/result.ts';
import type { Address, Family } from '../../net/address.ts';
import type { BfdSessionSpec } from '../settings.ts';

/** Where packets of some sessions arrive: one socket. */
export type BfdPlace = { readonly family: Family; readonly port: number };

/** A remote whose packets are received only if they have that TTL at least. */
export type ExpectedRemote = { readonly remote: Address; readonly minimumTtl: number };

export interface BfdReceiver {
  /** Null, or why it cannot be done, as a sentence. */
  expect(remotes: readonly ExpectedRemote[]): string | null;
  close(): Promise<void>;
}

/** Sends from one source port. */
export interface BfdSender {
  /** `done` is told whether the kernel took the packet. The sender keeps no reference to the octets after that. */
  send(octets: Uint8Array, done: (isSent: boolean) => void): void;
  close(): Promise<void>;
}

export type SenderAddress = BfdPlace & Pick<BfdSessionSpec, 'remote' | 'local' | 'interface'>;

export interface BfdSockets {
  /** `receive` gets each packet with the name of its source, as of `remoteName`. The error is a sentence. */
  listen(
    place: BfdPlace,
    remotes: readonly ExpectedRemote[],
    receive: (octets: Uint8Array, remote: string) => void,
  ): Promise<Result<BfdReceiver, string>>;
  openSender(address: SenderAddress): Promise<Result<BfdSender, string>>;
  /** Calls `run` when all packets that have arrived by now are received: silence is judged only then. */
  afterArrived(run: () => void): void;
}
