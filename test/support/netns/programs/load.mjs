// @ts-check
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * Steady traffic, with HOST, PORT, EVERY_MS and LONG_LIVED. A new connection every so often fetches one page; so many others
 * stay open and are read from all the time. Nothing is tried twice by this program. The kernel sends a lost SYN again: it counts
 * them, which tells loss from a busy machine, as no time limit could. SIGTERM ends the traffic, and it prints what it saw.
 * Pages that came late are listed: those whose SYN was lost are among them, as are those that the machine delayed.
 */
export const loadProgram = fileURLToPath(import.meta.url);

/** The error of a request that nobody answered. */
export const TIMED_OUT = 'no answer in time';

/** Ends a request that nobody answers. What is slow only because the machine is busy is answered long before. */
const ANSWER_WITHIN_MS = 15_000;

/** A page that never ends says something every 100 ms. */
const SILENT_AFTER_MS = 3_000;

/** The kernel sends a lost SYN again after a second (RFC 6298). */
const LATE_AFTER_MS = 1_000;

/**
 * Whether the connection of a request that failed had been open. A busy client may learn of its end before it has looked at its
 * beginning: Linux says ECONNRESET of connections that were open alone, and ECONNREFUSED of the others.
 * @param {NodeJS.ErrnoException} error
 * @param {boolean} wasSeenOpen
 */
export const hadConnected = (error, wasSeenOpen) => wasSeenOpen || error.code === 'ECONNRESET';

if (process.argv[1] === loadProgram) main();

function main() {
  const [host = '', port, every, longLived] = process.argv.slice(2);
  const begun = performance.now();
  // By the clock that all processes of a machine share.
  const begunAt = Number(process.hrtime.bigint()) / 1e6;
  const at = () => Math.round(performance.now() - begun);
  /** @type {{ at: number, until: number, connected: boolean, error: string }[]} */
  const failed = [];
  /** @type {{ at: number, until: number }[]} */
  const late = [];
  const open = { tried: 0, served: 0, pods: /** @type {Record<string, number>} */ ({}) };
  const synsBefore = synRetransmits();
  const visits = setInterval(() => visit(), Number(every));
  const stays = Array.from({ length: Number(longLived) }, () => stay(host, Number(port), at));

  function visit() {
    open.tried += 1;
    const started = at();
    let connected = false;
    const fail = (/** @type {Error} */ error) =>
      failed.push({
        at: started,
        until: at(),
        connected: hadConnected(error, connected),
        error: error.message,
      });
    const request = get({ host, port, agent: false, timeout: ANSWER_WITHIN_MS }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('error', fail);
      response.on('end', () => {
        open.served += 1;
        if (at() - started >= LATE_AFTER_MS) late.push({ at: started, until: at() });
        const { pod } = JSON.parse(text);
        open.pods[pod] = (open.pods[pod] ?? 0) + 1;
      });
    });
    request.on('socket', (socket) => {
      socket.on('connect', () => {
        connected = true;
      });
    });
    request.on('timeout', () => request.destroy(new Error(TIMED_OUT)));
    request.on('error', fail);
  }

  process.on('SIGTERM', () => {
    clearInterval(visits);
    const limit = at() + ANSWER_WITHIN_MS + 1_000;
    // What is under way may still come to its end.
    const poll = setInterval(() => {
      if (open.served + failed.length < open.tried && at() < limit) return;
      clearInterval(poll);
      const lostSyns = synRetransmits() - synsBefore;
      const seen = { begunAt, ...open, lostSyns, failed, late, longLived: stays.map((one) => one()) };
      process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0));
    }, 20);
  });
}

/** SYNs that this network namespace has sent again, since it exists. */
function synRetransmits() {
  const [names = [], values = []] = readFileSync('/proc/self/net/netstat', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '));
  const count = Number(values[names.indexOf('TCPSynRetrans')]);
  if (!Number.isInteger(count)) throw new Error('the kernel does not count retransmitted SYNs');
  return count;
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
