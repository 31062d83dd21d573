/**
 * Interfaces and their addresses as the kernel has them now, by netlink: the lists first, then each change. Where changes were
 * lost, a watch says so, and another one has to begin with the lists: a socket has one list at a time.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { systemErrorText } from '../../base/system-error.ts';
import { formatAddress } from '../../net/address.ts';
import type { Libc } from '../../sockets/libc.ts';
import { LIST, NetlinkReader, openNetlinkSocket, requestList } from '../../sockets/netlink-socket.ts';
import type { LinkAddress, LinkState } from '../packets/usable-interfaces.ts';
import { type NetlinkMessage, readNetlinkMessages } from './netlink-messages.ts';

/** The kernel had no room for a change (netlink(7)). */
const OVERRUN = 'ENOBUFS';

/** Datagrams that one call reads: frames wait meanwhile. */
export const DATAGRAMS_AT_ONCE = 64;

/**
 * `changed`: there was a change, and both lists are complete. `outdated`: something is missing, so the watch is of no more use.
 */
export type WatchOutcome = 'unchanged' | 'changed' | 'outdated';

export class InterfaceWatch {
  readonly #libc: Libc;
  readonly #reader: NetlinkReader;
  readonly #isStrict: boolean;
  readonly descriptor: number;
  readonly #links = new Map<number, LinkState>();
  /** By the index of their interface, then by address. */
  readonly #addresses = new Map<number, Map<string, LinkAddress>>();
  /** The list that is being read. */
  #listing: keyof typeof LIST | null = null;
  #isChanged = false;

  private constructor(libc: Libc, descriptor: number, isStrict: boolean) {
    this.#libc = libc;
    this.descriptor = descriptor;
    this.#isStrict = isStrict;
    this.#reader = new NetlinkReader(libc);
  }

  /**
   * The error is a sentence. `isStrict`: a list is outdated that the kernel marks as inconsistent, because of a change while it
   * was read (`NLM_F_DUMP_INTR`).
   */
  static open(libc: Libc, isStrict: boolean): Result<InterfaceWatch, string> {
    const fd = openNetlinkSocket(libc);
    if (!fd.ok) return fd;
    const watch = new InterfaceWatch(libc, fd.value, isStrict);
    const failure = watch.#list('links');
    if (failure === null) return ok(watch);
    watch.close();
    return err(failure);
  }

  /** Whether both lists have been read to their end. */
  get isComplete(): boolean {
    return this.#listing === null;
  }

  get links(): Iterable<LinkState> {
    return this.#links.values();
  }

  /** The addresses of the interface with this index. */
  addressesOf(index: number): Iterable<LinkAddress> {
    return this.#addresses.get(index)?.values() ?? [];
  }

  /** Reads what waits, or a part of it. The error is a sentence. */
  drain(): Result<WatchOutcome, string> {
    for (let count = 0; count < DATAGRAMS_AT_ONCE; count++) {
      const bytes = this.#reader.receive(this.descriptor);
      if (!bytes.ok)
        return bytes.error === OVERRUN
          ? ok('outdated')
          : err(unreadable(systemErrorText({ code: bytes.error })));
      if (bytes.value === null) return ok(this.#takeChange());
      for (const message of readNetlinkMessages(bytes.value)) {
        if (message.isInconsistent && this.#isStrict) return ok('outdated');
        const failure = this.#apply(message);
        if (failure !== null) return err(failure);
      }
    }
    return ok('unchanged');
  }

  close(): void {
    this.#libc.close(this.descriptor);
  }

  #takeChange(): WatchOutcome {
    if (!this.#isChanged || !this.isComplete) return 'unchanged';
    this.#isChanged = false;
    return 'changed';
  }

  #apply(message: NetlinkMessage): string | null {
    this.#isChanged = true;
    switch (message.kind) {
      case 'link':
        this.#links.set(message.link.index, message.link);
        return null;
      case 'link gone':
        this.#links.delete(message.index);
        this.#addresses.delete(message.index);
        return null;
      case 'address':
        this.#put(message.address);
        return null;
      case 'address gone':
        this.#addresses.get(message.address.index)?.delete(keyOf(message.address));
        return null;
      case 'refused':
        return unreadable(systemErrorText({ code: message.code }));
      case 'done':
        if (this.#listing === 'links') return this.#list('addresses');
        this.#listing = null;
        return null;
    }
  }

  #put(address: LinkAddress): void {
    const known = this.#addresses.get(address.index) ?? new Map<string, LinkAddress>();
    known.set(keyOf(address), address);
    this.#addresses.set(address.index, known);
  }

  #list(what: keyof typeof LIST): string | null {
    this.#listing = what;
    return requestList(this.#libc, this.descriptor, LIST[what]);
  }
}

const unreadable = (why: string): string => `the interfaces cannot be read: ${why}`;

const keyOf = ({ address, prefixLength }: LinkAddress): string => `${formatAddress(address)}/${prefixLength}`;
