/** Lets those in a namespace reach a server that listens on loopback outside, and nobody else. */
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { NetworkNamespace } from './network.ts';
import { relayProgram } from './programs/relay.mjs';

export type Relay = { close(): void };

/** Connections to `address` in the namespace arrive at `port` of 127.0.0.1 here. */
export async function relayInto(
  space: NetworkNamespace,
  from: { readonly address: string; readonly port: number },
  port: number,
): Promise<Relay> {
  const socket = join(space.folder, `relay-${space.name}.sock`);
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  server.unref();
  space.start(`relay-${space.name}`, process.execPath, relayProgram, from.address, `${from.port}`, socket);
  return { close: () => server.close() };
}
