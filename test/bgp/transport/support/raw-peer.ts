/** A peer without a session: the test reads and writes its socket. */
import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** The connection is paused. */
export async function startRawPeer(
  test: TestContext,
): Promise<{ readonly server: Server; readonly socket: Promise<Socket> }> {
  const server = createServer({ pauseOnConnect: true });
  const socket = new Promise<Socket>((resolve) =>
    server.once('connection', (one) => {
      one.on('error', () => {});
      test.after(() => one.destroy());
      resolve(one);
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => server.close());
  return { server, socket };
}

export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
