// @ts-check
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * The end of a relay inside a namespace, with ADDRESS, PORT and SOCKET: what connects here is passed on to a socket in
 * the file system, which leads out.
 */
export const relayProgram = fileURLToPath(import.meta.url);

if (process.argv[1] === relayProgram)
  relay(process.argv[2] ?? '', Number(process.argv[3]), process.argv[4] ?? '');

/**
 * @param {string} address
 * @param {number} port
 * @param {string} socket
 */
function relay(address, port, socket) {
  createServer((near) => {
    const far = connect(socket);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  }).listen(port, address);
}
