/** Opens one outbound TCP connection to a peer. */
import { connect, Socket as NetSocket, type Socket, type SocketConnectOpts } from 'node:net';
import { err, ok, type Result } from '../../base/result.ts';
import { formatAddress } from '../../net/address.ts';
import { loadKernel } from '../../sockets/kernel.ts';
import { PROTECTION_FEATURE, protectionOptions, type SocketOption } from '../../sockets/socket-options.ts';
import type { Remote } from '../session/remote.ts';
import { describeDialError } from './socket-errors.ts';

/** Exactly one of the two is called, once and asynchronously. */
export type DialHandler = {
  connected(socket: Socket): void;
  /** `message` is a sentence. */
  failed(message: string): void;
};

/** Returns a function that cancels the attempt; no handler is called afterwards. */
export function dial(remote: Remote, handler: DialHandler): () => void {
  const options = protectionOptions(remote);
  if (options.length === 0) return awaitConnect(connect(connectOptions(remote)), remote, handler);
  let cancel: (() => void) | null = null;
  let isCancelled = false;
  void openProtectedSocket(remote, options).then((socket) => {
    if (isCancelled) {
      if (socket.ok) socket.value.destroy();
      return;
    }
    if (!socket.ok) {
      handler.failed(socket.error);
      return;
    }
    cancel = awaitConnect(socket.value, remote, handler);
    socket.value.connect(connectOptions(remote));
  });
  return () => {
    isCancelled = true;
    cancel?.();
  };
}

function connectOptions({ address, port, source }: Remote): SocketConnectOpts {
  const options = { host: formatAddress(address), port, noDelay: true };
  return source === null ? options : { ...options, localAddress: formatAddress(source) };
}

/** Sets the options before the first packet is sent. */
async function openProtectedSocket(
  { address }: Remote,
  options: readonly SocketOption[],
): Promise<Result<Socket, string>> {
  const kernel = await loadKernel(PROTECTION_FEATURE);
  if (!kernel.ok) return kernel;
  const fd = kernel.value.openSocket('TCP', address.family, options);
  if (!fd.ok) return err(fd.error);
  // Without manualStart, Node reads immediately, which fails on an unconnected socket.
  const socketOptions = { fd: fd.value, readable: true, writable: true, manualStart: true };
  return ok(new NetSocket(socketOptions));
}

function awaitConnect(socket: Socket, remote: Remote, handler: DialHandler): () => void {
  const failed = (error: NodeJS.ErrnoException): void => handler.failed(describeDialError(error, remote));
  socket.once('error', failed);
  socket.once('connect', () => {
    socket.off('error', failed);
    handler.connected(socket);
  });
  return () => {
    socket.removeAllListeners('connect').off('error', failed);
    socket.on('error', () => {}); // errors of a cancelled attempt
    socket.destroy();
  };
}
