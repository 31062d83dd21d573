/** `berth bgp dial`: opens a BGP session with one router, and logs what happens. */
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
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { buildAnnouncement } from './announcement.ts';
import { DIAL_COMMAND } from './command.ts';
import { concludeDial } from './conclusion.ts';
import { type DialOptions, readDialOptions } from './options.ts';
import { DialLog } from './session-log.ts';
import { eventLines } from './text.ts';

export async function runBgpDial(
  args: readonly string[],
  context: CliContext,
  stopSignal: () => AbortSignal,
): Promise<number> {
  const line = readCommandLine(DIAL_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, positionals } = line;
  const password = await readPassword(flags['password-file']);
  const options = readDialOptions(positionals[0] ?? '', flags, password.ok ? password.value : null);
  const errors = [...surplusOperands(positionals, 1), ...(options.ok ? [] : options.error)];
  if (!options.ok || errors.length > 0) return failUsage(DIAL_COMMAND, context, errors);
  if (!password.ok) return failCommand(DIAL_COMMAND, context, [password.error]);
  const isJson = flags.output === 'json';
  const print = (text: string): void => context.stdout.print(isJson ? [text] : eventLines(text, context));
  const log = new DialLog(options.value, { print, clock: context.clock, isJson });
  const deadline = { stop: stopSignal(), seconds: flags.for };
  const established = await runSession(options.value, log, context, deadline);
  if (!established.ok) return failCommand(DIAL_COMMAND, context, [established.error]);
  if (established.value) return EXIT_CODES.success;
  const cause = log.problem === '' ? '' : `: ${log.problem}`;
  return failCommand(DIAL_COMMAND, context, [
    `no session with ${remoteName(options.value.remote)} was established${cause}`,
  ]);
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
  let announcedPrefixes = 0;
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
        const { messages, sentences, prefixCount } = buildAnnouncement(
          options,
          negotiated,
          localAddress?.address ?? null,
        );
        for (const sentence of sentences) log.write('announce', sentence);
        pendingMessages = [...messages];
        announcedPrefixes = prefixCount;
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
  log.writeConclusion(concludeDial(log.facts(announcedPrefixes), options));
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

/** What the session waits for when the time is over, and what may help; null if that was reported already. */
function describeStall(state: StateName, { remote, settings }: DialOptions): string | null {
  const name = remoteName(remote);
  const hint = remote.ttlSecurity === null ? '. If it requires TTL security, try --ttl-security 1' : '';
  switch (state) {
    case 'Active':
      return settings.role === 'listen'
        ? `${formatAddress(remote.address)} has not connected to port ${remote.port} of this node, or a firewall blocks it`
        : null;
    case 'OpenSent':
      return `${name} accepted the connection and sent no OPEN${hint}`;
    case 'OpenConfirm':
      return `${name} sent its OPEN and did not confirm ours${hint}`;
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
      : err(`${path}: has ${plural(text === '' ? 0 : lines, 'line')}, and a password is one line`);
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    return err(`${path}: the password cannot be read: ${message}`);
  }
}
