/** BFD sockets whose packets go from one to another in memory, by their addresses. */
import { err, ok, type Result } from '../../../../src/base/result.ts';
import type {
  BfdPlace,
  BfdReceiver,
  BfdSender,
  BfdSockets,
  ExpectedRemote,
  SenderAddress,
} from '../../../../src/bfd/transport/sockets.ts';
import { formatAddress } from '../../../../src/net/address.ts';

type Receive = (octets: Uint8Array, remote: string) => void;

/** All engines on one wire. Each has one address of each family. */
export class MemoryWire {
  readonly #receivers = new Map<string, Receive>();
  /** Packets are lost. */
  isCut = false;
  /** Packets wait, as in the buffer of a socket that nobody reads. */
  isHeld = false;
  #held: (() => void)[] = [];

  release(): void {
    this.isHeld = false;
    for (const deliver of this.#held.splice(0)) deliver();
  }

  listen(name: string, receive: Receive): void {
    this.#receivers.set(name, receive);
  }

  leave(name: string): void {
    this.#receivers.delete(name);
  }

  send(name: string, octets: Uint8Array, from: string): boolean {
    if (this.isCut) return true;
    const deliver = (): void => this.#receivers.get(name)?.(octets, from);
    if (this.isHeld) this.#held.push(deliver);
    else queueMicrotask(deliver);
    return true;
  }
}

export class MemorySockets implements BfdSockets {
  readonly #wire: MemoryWire;
  readonly #address: string;
  /** Why no socket can be opened; null: they can. */
  refusal: string | null = null;
  /** The kernel takes no packets. */
  isFull = false;
  readonly listening = new Map<string, readonly ExpectedRemote[]>();
  readonly senders: SenderAddress[] = [];
  /** Called before silence is judged. */
  onArrived: () => void = () => {};

  constructor(wire: MemoryWire, address: string) {
    this.#wire = wire;
    this.#address = address;
  }

  async listen(
    place: BfdPlace,
    remotes: readonly ExpectedRemote[],
    receive: Receive,
  ): Promise<Result<BfdReceiver, string>> {
    if (this.refusal !== null) return err(this.refusal);
    const name = `${this.#address} ${place.port}`;
    this.listening.set(name, remotes);
    this.#wire.listen(name, receive);
    return ok({
      expect: (expected) => {
        this.listening.set(name, expected);
        return null;
      },
      close: async () => {
        this.listening.delete(name);
        this.#wire.leave(name);
      },
    });
  }

  async openSender(address: SenderAddress): Promise<Result<BfdSender, string>> {
    if (this.refusal !== null) return err(this.refusal);
    this.senders.push(address);
    const name = `${formatAddress(address.remote)} ${address.port}`;
    return ok({
      send: (octets, done) => done(!this.isFull && this.#wire.send(name, octets, this.#address)),
      close: async () => {
        this.senders.splice(this.senders.indexOf(address), 1);
      },
    });
  }

  afterArrived(run: () => void): void {
    this.onArrived();
    queueMicrotask(() => queueMicrotask(run));
  }
}
