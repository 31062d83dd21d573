// @ts-check
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

/**
 * A server in a pod, with NAME and PORT. Every page tells the pod's name and the address that asked for it; `/stay` is one
 * that never ends.
 */
export const pageProgram = fileURLToPath(import.meta.url);

if (process.argv[1] === pageProgram) serve(process.argv[2] ?? '', Number(process.argv[3]));

/**
 * @param {string} pod
 * @param {number} port
 */
function serve(pod, port) {
  createServer((request, response) => {
    if (request.url === '/stay') {
      const going = setInterval(() => response.write(`pod ${pod}\n`), 100);
      response.on('close', () => clearInterval(going));
      return;
    }
    response.setHeader('connection', 'close');
    response.end(JSON.stringify({ pod, client: request.socket.remoteAddress?.replace(/^::ffff:/, '') }));
  }).listen(port, '::');
}
