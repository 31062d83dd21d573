// @ts-check
import { get } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * Steady traffic, with HOST, PORT, EVERY_MS and LONG_LIVED. A new connection every so often fetches one page; so many others
 * stay open and are read from all the time. Nothing is tried twice: a packet that is lost while a connection opens is a
 * failure, since the kernel would send it again only after a second. SIGTERM ends it, and it prints what it saw.
 */
export const loadProgram = fileURLToPath(import.meta.url);

/** Less than the kernel waits before it sends a SYN again. */
const OPEN_WITHIN_MS = 900;

/** A page that never ends says something every 100 ms. */
const SILENT_AFTER_MS = 3_000;

if (process.argv[1] === loadProgram) main();

function main() {
  const [host = '', port, every, longLived] = process.argv.slice(2);
  const begun = performance.now();
  const at = () => Math.round(performance.now() - begun);
  /** @type {{ at: number, error: string }[]} */
  const failed = [];
  const open = { tried: 0, served: 0, pods: /** @type {Record<string, number>} */ ({}) };
  const visits = setInterval(() => visit(), Number(every));
  const stays = Array.from({ length: Number(longLived) }, () => stay(host, Number(port), at));

  function visit() {
    open.tried += 1;
    const started = at();
    const fail = (/** @type {Error} */ error) => failed.push({ at: started, error: error.message });
    const request = get({ host, port, agent: false, timeout: OPEN_WITHIN_MS }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('error', fail);
      response.on('end', () => {
        open.served += 1;
        const { pod } = JSON.parse(text);
        open.pods[pod] = (open.pods[pod] ?? 0) + 1;
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', fail);
  }

  process.on('SIGTERM', () => {
    clearInterval(visits);
    // What is under way may still come to its end.
    setTimeout(() => {
      process.stdout.write(`${JSON.stringify({ ...open, failed, longLived: stays.map((one) => one()) })}\n`);
      process.exit(0);
    }, OPEN_WITHIN_MS + 100);
  });
}

/**
 * One connection that stays. The function that is returned tells how it fared.
 * @param {string} host
 * @param {number} port
 * @param {() => number} at
 * @returns {() => { pod: string, broke: { at: number, error: string } | null }}
 */
function stay(host, port, at) {
  let pod = '';
  /** @type {{ at: number, error: string } | null} */
  let broke = null;
  const fail = (/** @type {string} */ error) => {
    broke ??= { at: at(), error };
  };
  const socket = connect({ host, port }, () => socket.write('GET /stay HTTP/1.1\r\nhost: a\r\n\r\n'));
  socket.setTimeout(SILENT_AFTER_MS, () => fail('silence'));
  socket.setEncoding('utf8').on('data', (text) => {
    pod = /pod (\S+)/.exec(String(text))?.[1] ?? pod;
  });
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('closed'));
  return () => ({ pod, broke });
}
