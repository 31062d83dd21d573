/** `berth bgp dial`: talks to one router by hand, to see whether it takes a session from this node. */
import { readFile } from 'node:fs/promises';
import { aborted } from '../../base/aborted.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { plural } from '../../base/text.ts';
import type { StateName } from '../../bgp/session/session.ts';
import { CEASE } from '../../bgp/wire/codes.ts';
import { formatAddress } from '../../net/address.ts';
import { Listener } from '../../sockets/listener.ts';
import { Peering } from '../../sockets/peering.ts';
import { nameOf } from '../../sockets/remote.ts';
import { failed, misused } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { BGP_COMMAND, type BgpFlags } from './command.ts';
import { type DialOrder, readOrder } from './dialorder.ts';
import { announcing } from './dialroutes.ts';
import { DialStory } from './dialstory.ts';

/** Node ends when nothing is left that could happen; our timers do not count. The longest that there is. */
const HOLD_OPEN = 2 ** 31 - 1;

export async function dialMain(
  target: string,
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
  stop: AbortSignal,
): Promise<number> {
  const password = await readPassword(flags['password-file']);
  const order = readOrder(target, flags, password.ok ? password.value : null);
  const all = [...complaints, ...(order.ok ? [] : order.error)];
  if (!order.ok || all.length > 0) return misused(BGP_COMMAND, context, all);
  if (!password.ok) return failed(BGP_COMMAND, context, [password.error]);
  const story = new DialStory(order.value, context, flags.output === 'json');
  const held = setInterval(() => {}, HOLD_OPEN);
  try {
    const talked = await talk(order.value, story, context, { stop, seconds: flags.for });
    if (!talked.ok) return failed(BGP_COMMAND, context, [talked.error]);
    if (talked.value) return EXIT.fine;
    const why = story.trouble === '' ? '' : `: ${story.trouble}`;
    return failed(BGP_COMMAND, context, [
      `no session with ${nameOf(order.value.remote)} was established${why}`,
    ]);
  } finally {
    clearInterval(held);
  }
}

type Until = { readonly stop: AbortSignal; readonly seconds: number };

/** Whether a session was established; the error is a sentence. */
async function talk(
  order: DialOrder,
  story: DialStory,
  { clock }: CliContext,
  until: Until,
): Promise<Result<boolean, string>> {
  let established = false;
  let waiting: Uint8Array[] = [];
  const peering = new Peering(
    order.settings,
    order.remote,
    {
      moved: (from, to, why) => {
        story.moved(from, to, why, peering.peer);
        const { agreement, local, remoteEnd } = peering;
        if (agreement === null) return;
        established = true;
        story.agreed(agreement, local, remoteEnd);
        const { messages, sentences } = announcing(order, agreement, local?.address ?? null);
        for (const sentence of sentences) story.say('announce', sentence);
        waiting = [...messages];
      },
      received: (message) => story.received(message),
      writable: () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          if (!peering.write(next)) return;
        }
      },
    },
    { clock, random: Math.random, missed: (says) => story.missed(says) },
  );
  const listener = order.settings.role === 'listen' ? await listenFor(order, peering) : null;
  if (listener?.ok === false) return listener;
  peering.start();
  const over = new AbortController();
  const cancel = until.seconds === 0 ? () => {} : clock.after(until.seconds * 1000, () => over.abort());
  await Promise.race([aborted(over.signal), aborted(until.stop)]);
  cancel();
  const stuck = established ? null : stuckIn(peering.state, order);
  if (stuck !== null) story.missed(stuck);
  story.finish();
  peering.stop(CEASE.administrativeShutdown, 'berth bgp dial is over');
  listener?.value.close();
  await peering.settled();
  return ok(established);
}

async function listenFor({ remote }: DialOrder, peering: Peering): Promise<Result<Listener, string>> {
  const listener = await Listener.open([remote.address.family], remote.port);
  if (!listener.ok) return listener;
  const complaint = await listener.value.expect(remote, (socket) => peering.accept(socket));
  if (complaint === null) return listener;
  listener.value.close();
  return err(complaint);
}

/** Where it hangs when the time is over, and what may help. */
function stuckIn(state: StateName, { remote, settings }: DialOrder): string | null {
  const name = nameOf(remote);
  const near = remote.ttlSecurity === null ? ': it may want TTL security, try --ttl-security 1' : '';
  switch (state) {
    case 'Active':
      return settings.role === 'listen'
        ? `${formatAddress(remote.address)} has not dialled port ${remote.port} of this node, or not got through`
        : null;
    case 'OpenSent':
      return `${name} took the connection and says nothing${near}`;
    case 'OpenConfirm':
      return `${name} sent its OPEN and has not answered ours${near}`;
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
