/**
 * UDP sockets of BFD (RFC 5881 4 and 5, RFC 5883 5). The system makes them with the options that Node cannot set, and Node
 * reads and writes them.
 */
import { createSocket, type Socket } from 'node:dgram';
import { err, ok, type Result } from '../../base/result.ts';
import { systemErrorText } from '../../base/system-error.ts';
import { type Address, type Family, formatAddress } from '../../net/address.ts';
import { type Kernel, loadKernel } from '../../sockets/kernel.ts';
import type { Descriptor } from '../../sockets/libc.ts';
import type {
  BfdPlace,
  BfdReceiver,
  BfdSender,
  BfdSockets,
  ExpectedRemote,
  SenderAddress,
} from './sockets.ts';
import { remoteTtlFilter, strictestFilter } from './ttl-filter.ts';
import { receiverOptions, senderOptions } from './udp-options.ts';

/** Source ports (RFC 5881 4). */
const [SOURCE_PORT_MIN, SOURCE_PORT_MAX] = [49_152, 65_535];
/** Ports that are tried until one is free. */
const SOURCE_PORT_TRIES = 50;

/** Turns of the event loop after which silence is judged although packets go on arriving. */
const ARRIVAL_TURNS_MAX = 64;

const ANY: Readonly<Record<Family, Address>> = { 4: { family: 4, bits: 0n }, 6: { family: 6, bits: 0n } };

export class UdpSockets implements BfdSockets {
  /** In [0, 1), as of `Math.random`. */
  readonly #random: () => number;
  #received = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  async listen(
    place: BfdPlace,
    remotes: readonly ExpectedRemote[],
    receive: (octets: Uint8Array, remote: string) => void,
  ): Promise<Result<BfdReceiver, string>> {
    const kernel = await loadKernel('BFD');
    if (!kernel.ok) return kernel;
    const { family, port } = place;
    const fd = kernel.value.openSocket('UDP', family, receiverOptions(family));
    if (!fd.ok) return err(socketProblem(fd.error));
    const failure =
      attachFilter(kernel.value, fd.value, family, remotes) ?? kernel.value.bind(fd.value, ANY[family], port);
    if (failure !== null) {
      kernel.value.close(fd.value);
      return err(`UDP ${failure}: another BFD daemon of this node may have it, such as FRR's bfdd or BIRD`);
    }
    const socket = await adopt(fd.value, family);
    if (!socket.ok) return socket;
    socket.value.on('message', (octets, { address }) => {
      this.#received += 1;
      receive(octets, address); // `fe80::1%eth0`, if it is link-local
    });
    return ok({
      expect: (expected) => attachFilter(kernel.value, fd.value, family, expected),
      close: () => closed(socket.value),
    });
  }

  async openSender(address: SenderAddress): Promise<Result<BfdSender, string>> {
    const kernel = await loadKernel('BFD');
    if (!kernel.ok) return kernel;
    const { family, port } = address;
    const fd = kernel.value.openSocket('UDP', family, senderOptions(family, address.interface));
    if (!fd.ok) return err(socketProblem(fd.error));
    const failure = this.#bindSource(kernel.value, fd.value, address.local ?? ANY[family]);
    if (failure !== null) {
      kernel.value.close(fd.value);
      return err(
        address.local === null
          ? `no source port is free: ${reasonOf(failure)}`
          : `the source address ${formatAddress(address.local)} cannot be used: ${reasonOf(failure)}`,
      );
    }
    const socket = await adopt(fd.value, family);
    if (!socket.ok) return socket;
    const remote = formatAddress(address.remote);
    return ok({
      send: (octets, done) => socket.value.send(octets, port, remote, (error) => done(error === null)),
      close: () => closed(socket.value),
    });
  }

  /** Timers run before sockets are read, so that what has arrived is read in the turns of the event loop that follow. */
  afterArrived(run: () => void): void {
    let turns = 0;
    let before = this.#received;
    const turn = (): void => {
      turns += 1;
      if (this.#received === before || turns >= ARRIVAL_TURNS_MAX) {
        run();
        return;
      }
      before = this.#received;
      setImmediate(turn);
    };
    setImmediate(turn);
  }

  /** Random, so that sessions of before a restart have other ports. Null, or why none can be bound. */
  #bindSource(kernel: Kernel, fd: Descriptor, local: Address): string | null {
    let failure: string | null = null;
    for (let attempt = 0; attempt < SOURCE_PORT_TRIES; attempt++) {
      const span = SOURCE_PORT_MAX - SOURCE_PORT_MIN + 1;
      failure = kernel.bind(fd, local, SOURCE_PORT_MIN + Math.floor(this.#random() * span));
      if (failure === null) return null;
    }
    return failure;
  }
}

/** A filter for each remote; where the kernel finds it too long, one that is the strictest for all. */
const attachFilter = (
  kernel: Kernel,
  fd: Descriptor,
  family: Family,
  remotes: readonly ExpectedRemote[],
): string | null =>
  kernel.attachFilter(fd, remoteTtlFilter(family, remotes)) === null
    ? null
    : kernel.attachFilter(fd, strictestFilter(family, remotes));

/** Which of the random ports it was does not matter. */
const reasonOf = (failure: string): string => failure.slice(failure.lastIndexOf(': ') + 2);

const socketProblem = (failure: string): string => `BFD cannot open a socket: ${failure}`;

/** Node owns the descriptor from here on. */
function adopt(fd: Descriptor, family: Family): Promise<Result<Socket, string>> {
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(err(`a socket of BFD cannot be used: ${systemErrorText(error)}`)),
    );
    socket.bind({ fd }, () => {
      socket.removeAllListeners('error');
      socket.on('error', () => {}); // each packet that is not sent is counted by its sender
      resolve(ok(socket));
    });
  });
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.close(() => resolve()));
