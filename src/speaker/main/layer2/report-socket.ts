/** The UDP socket by which speakers report losses to each other. What arrives is checked by whoever reads it. */
import { createSocket, type Socket } from 'node:dgram';
import { failureText } from '../../../base/system-error.ts';
import { type Address, type Family, formatAddress } from '../../../net/address.ts';

export type ReportSocketOptions = {
  readonly port: number;
  readonly received: (octets: Uint8Array) => void;
  /** It cannot be opened: a sentence. */
  readonly failed: (because: string) => void;
};

export class ReportSocket {
  readonly #options: ReportSocketOptions;
  #open: { readonly family: Family; readonly socket: Socket } | null = null;

  constructor(options: ReportSocketOptions) {
    this.#options = options;
  }

  /** Opens it for addresses of that family, where it is not open yet. */
  open(family: Family): void {
    if (this.#open?.family === family) return;
    this.#open?.socket.close();
    const { port, received, failed } = this.#options;
    const socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6', ipv6Only: family === 6 });
    this.#open = { family, socket };
    socket.on('error', (error) => failed(`UDP port ${port}: ${failureText(error)}`));
    socket.on('message', (octets) => received(octets));
    socket.bind({ port, exclusive: true });
    socket.unref();
  }

  /** A datagram that cannot be sent is lost, as others are. */
  send(octets: Uint8Array, to: readonly Address[]): void {
    for (const address of to)
      this.#open?.socket.send(octets, this.#options.port, formatAddress(address), () => {});
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    if (open !== null) await new Promise<void>((resolve) => open.socket.close(() => resolve()));
  }
}
