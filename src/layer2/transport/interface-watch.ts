/** Interfaces and their addresses as the kernel has them now, by netlink: the lists first, then each change. */

import { err, ok, type Result } from '../../base/result.ts';
import { formatAddress } from '../../net/address.ts';
import type { Libc } from '../../sockets/libc.ts';
import { LIST, NetlinkReader, openNetlinkSocket, requestList } from '../../sockets/netlink-socket.ts';
import type { LinkAddress, LinkState } from '../packets/usable-interfaces.ts';
import { type NetlinkMessage, readNetlinkMessages } from './netlink-messages.ts';

/** Changes were lost: the lists are read again. */
const OVERRUN = 'ENOBUFS';

export class InterfaceWatch {
  readonly #libc: Libc;
  readonly #reader: NetlinkReader;
  readonly descriptor: number;
  readonly #links = new Map<number, LinkState>();
  readonly #addresses = new Map<string, LinkAddress>();
  /** The list that is being read. */
  #listing: keyof typeof LIST | null = null;

  private constructor(libc: Libc, descriptor: number) {
    this.#libc = libc;
    this.descriptor = descriptor;
    this.#reader = new NetlinkReader(libc);
  }

  /** The error is a sentence. */
  static open(libc: Libc): Result<InterfaceWatch, string> {
    const fd = openNetlinkSocket(libc);
    if (!fd.ok) return fd;
    const watch = new InterfaceWatch(libc, fd.value);
    const failure = watch.#list('links');
    if (failure === null) return ok(watch);
    watch.close();
    return err(failure);
  }

  get links(): Iterable<LinkState> {
    return this.#links.values();
  }

  get addresses(): readonly LinkAddress[] {
    return [...this.#addresses.values()];
  }

  /** Reads what waits. Whether there was a change, and both lists are complete; the error is a sentence. */
  drain(): Result<boolean, string> {
    let isChanged = false;
    for (;;) {
      const bytes = this.#reader.receive(this.descriptor);
      if (!bytes.ok && bytes.error !== OVERRUN)
        return err(`changes of interfaces cannot be read: ${bytes.error}`);
      if (bytes.ok && bytes.value === null) return ok(isChanged && this.#listing === null);
      isChanged = true;
      const messages = bytes.ok && bytes.value !== null ? readNetlinkMessages(bytes.value) : null;
      const failure = messages === null ? this.#listAgain() : this.#applyAll(messages);
      if (failure !== null) return err(failure);
    }
  }

  close(): void {
    this.#libc.close(this.descriptor);
  }

  #applyAll(messages: readonly NetlinkMessage[]): string | null {
    for (const message of messages) {
      const failure = this.#apply(message);
      if (failure !== null) return failure;
    }
    return null;
  }

  #apply(message: NetlinkMessage): string | null {
    switch (message.kind) {
      case 'link':
        this.#links.set(message.link.index, message.link);
        return null;
      case 'link gone':
        this.#links.delete(message.index);
        for (const [key, { index }] of this.#addresses)
          if (index === message.index) this.#addresses.delete(key);
        return null;
      case 'address':
        this.#addresses.set(keyOf(message.address), message.address);
        return null;
      case 'address gone':
        this.#addresses.delete(keyOf(message.address));
        return null;
      case 'done':
        if (this.#listing === 'links') return this.#list('addresses');
        this.#listing = null;
        return null;
    }
  }

  #listAgain(): string | null {
    this.#links.clear();
    this.#addresses.clear();
    return this.#list('links');
  }

  #list(what: keyof typeof LIST): string | null {
    this.#listing = what;
    return requestList(this.#libc, this.descriptor, LIST[what]);
  }
}

const keyOf = ({ index, address, prefixLength }: LinkAddress): string =>
  `${index} ${formatAddress(address)}/${prefixLength}`;
