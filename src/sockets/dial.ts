/** One try to connect to a peer. */
import { connect, Socket as NetSocket, type Socket, type SocketConnectOpts } from 'node:net';
import { err, ok, type Result } from '../base/result.ts';
import { formatAddress } from '../net/address.ts';
import { loadKernel } from './kernel.ts';
import { protections, type SocketOption } from './options.ts';
import type { Remote } from './remote.ts';
import { dialTrouble } from './trouble.ts';

/** One of the two is called, once and never at once. */
export type Dialled = {
  up(socket: Socket): void;
  /** `says` is a sentence. */
  failed(says: string): void;
};

/** The function returned gives up; nothing is called after it. */
export function dial(remote: Remote, on: Dialled): () => void {
  const options = protections(remote);
  if (options.length === 0) return attend(connect(whereTo(remote)), remote, on);
  let cancel: (() => void) | null = null;
  let given = false;
  void protectedSocket(remote, options).then((socket) => {
    if (given) {
      if (socket.ok) socket.value.destroy();
      return;
    }
    if (!socket.ok) {
      on.failed(socket.error);
      return;
    }
    cancel = attend(socket.value, remote, on);
    socket.value.connect(whereTo(remote));
  });
  return () => {
    given = true;
    cancel?.();
  };
}

function whereTo({ address, port, source }: Remote): SocketConnectOpts {
  const where = { host: formatAddress(address), port, noDelay: true };
  return source === null ? where : { ...where, localAddress: formatAddress(source) };
}

/** Options have to be there before the first packet goes out. */
async function protectedSocket(
  { address }: Remote,
  options: readonly SocketOption[],
): Promise<Result<Socket, string>> {
  const kernel = await loadKernel();
  if (!kernel.ok) return kernel;
  const fd = kernel.value.open(address.family, options);
  if (!fd.ok) return err(fd.error);
  // Node reads at once where it is not told otherwise, which fails on what is not connected yet.
  const unread = { fd: fd.value, readable: true, writable: true, manualStart: true };
  return ok(new NetSocket(unread));
}

function attend(socket: Socket, remote: Remote, on: Dialled): () => void {
  const failed = (error: NodeJS.ErrnoException): void => on.failed(dialTrouble(error, remote));
  socket.once('error', failed);
  socket.once('connect', () => {
    socket.off('error', failed);
    on.up(socket);
  });
  return () => {
    socket.removeAllListeners('connect').off('error', failed);
    socket.on('error', () => {}); // of what nobody waits for any more
    socket.destroy();
  };
}
