/** `berth bgp dial`: talks to one router by hand, to see whether it takes a session from this node. */
import { readFile } from 'node:fs/promises';
import { untilAborted } from '../../../base/abort.ts';
import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { plural } from '../../../base/text.ts';
import { remoteName } from '../../../bgp/session/remote.ts';
import type { StateName } from '../../../bgp/session/session.ts';
import { BgpListener } from '../../../bgp/transport/bgp-listener.ts';
import { TcpSessionDriver } from '../../../bgp/transport/tcp-session-driver.ts';
import { CEASE } from '../../../bgp/wire/codes.ts';
import { formatAddress } from '../../../net/address.ts';
import { failCommand, failUsage } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { BGP_COMMAND, type BgpFlags } from '../command.ts';
import { buildAnnouncement } from './announcement.ts';
import { type DialOptions, readDialOptions } from './options.ts';
import { DialLog } from './session-log.ts';

/** Node ends when nothing is left that could happen; our timers do not count. The longest that there is. */
const KEEP_ALIVE_INTERVAL = 2 ** 31 - 1;

export async function runBgpDial(
  target: string,
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
  stop: AbortSignal,
): Promise<number> {
  const password = await readPassword(flags['password-file']);
  const options = readDialOptions(target, flags, password.ok ? password.value : null);
  const usageErrors = [...complaints, ...(options.ok ? [] : options.error)];
  if (!options.ok || usageErrors.length > 0) return failUsage(BGP_COMMAND, context, usageErrors);
  if (!password.ok) return failCommand(BGP_COMMAND, context, [password.error]);
  const log = new DialLog(options.value, context, flags.output === 'json');
  const keepAliveTimer = setInterval(() => {}, KEEP_ALIVE_INTERVAL);
  try {
    const established = await runSession(options.value, log, context, { stop, seconds: flags.for });
    if (!established.ok) return failCommand(BGP_COMMAND, context, [established.error]);
    if (established.value) return EXIT_CODES.success;
    const cause = log.problem === '' ? '' : `: ${log.problem}`;
    return failCommand(BGP_COMMAND, context, [
      `no session with ${remoteName(options.value.remote)} was established${cause}`,
    ]);
  } finally {
    clearInterval(keepAliveTimer);
  }
}

type DialDeadline = { readonly stop: AbortSignal; readonly seconds: number };

/** Whether a session was established; the error is a sentence. */
async function runSession(
  options: DialOptions,
  log: DialLog,
  { clock }: CliContext,
  deadline: DialDeadline,
): Promise<Result<boolean, string>> {
  let wasEstablished = false;
  let pendingMessages: Uint8Array[] = [];
  const driver = new TcpSessionDriver(
    options.settings,
    options.remote,
    {
      stateChanged: (from, to, details) => {
        log.stateChanged(from, to, details, driver.peerOpen);
        const { negotiated, localAddress, remoteAddress } = driver;
        if (negotiated === null) return;
        wasEstablished = true;
        log.negotiated(negotiated, localAddress, remoteAddress);
        const { messages, sentences } = buildAnnouncement(options, negotiated, localAddress?.address ?? null);
        for (const sentence of sentences) log.write('announce', sentence);
        pendingMessages = [...messages];
      },
      received: (message) => log.received(message),
      writable: () => {
        for (let next = pendingMessages.shift(); next !== undefined; next = pendingMessages.shift()) {
          if (!driver.write(next)) return;
        }
      },
    },
    { clock, random: Math.random, connectFailed: (problem) => log.reportProblem(problem) },
  );
  const listener = options.settings.role === 'listen' ? await listenFor(options, driver) : null;
  if (listener?.ok === false) return listener;
  driver.start();
  const timeUp = new AbortController();
  const cancel =
    deadline.seconds === 0 ? () => {} : clock.after(deadline.seconds * 1000, () => timeUp.abort());
  await Promise.race([untilAborted(timeUp.signal), untilAborted(deadline.stop)]);
  cancel();
  const stallReason = wasEstablished ? null : describeStall(driver.state, options);
  if (stallReason !== null) log.reportProblem(stallReason);
  log.writeTotals();
  driver.stop(CEASE.administrativeShutdown, 'berth bgp dial is over');
  listener?.value.close();
  await driver.closed();
  return ok(wasEstablished);
}

async function listenFor(
  { remote }: DialOptions,
  driver: TcpSessionDriver,
): Promise<Result<BgpListener, string>> {
  const listener = await BgpListener.open([remote.address.family], remote.port);
  if (!listener.ok) return listener;
  const problem = await listener.value.expect(remote, (socket) => driver.accept(socket));
  if (problem === null) return listener;
  listener.value.close();
  return err(problem);
}

/** Where it hangs when the time is over, and what may help. */
function describeStall(state: StateName, { remote, settings }: DialOptions): string | null {
  const name = remoteName(remote);
  const hint = remote.ttlSecurity === null ? ': it may want TTL security, try --ttl-security 1' : '';
  switch (state) {
    case 'Active':
      return settings.role === 'listen'
        ? `${formatAddress(remote.address)} has not dialled port ${remote.port} of this node, or not got through`
        : null;
    case 'OpenSent':
      return `${name} took the connection and says nothing${hint}`;
    case 'OpenConfirm':
      return `${name} sent its OPEN and has not answered ours${hint}`;
    default:
      return null;
  }
}

async function readPassword(path: string): Promise<Result<string | null, string>> {
  if (path === '') return ok(null);
  try {
    const text = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    const lines = text.split('\n').length;
    return lines === 1 && text !== ''
      ? ok(text)
      : err(`${path}: holds ${plural(text === '' ? 0 : lines, 'line')}, and a password is one`);
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    return err(`${path}: the password cannot be read: ${message}`);
  }
}
