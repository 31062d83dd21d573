/** `berth bgp decode`: messages from a file or standard input to what they mean. */
import { plural } from '../../base/text.ts';
import { failed, misused } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { formatValue } from '../output.ts';
import { BGP_COMMAND, type BgpFlags } from './command.ts';
import { writeAgain } from './decodeagain.ts';
import { readOctets } from './decodeinput.ts';
import { type Decoded, decodeStream, type StreamFailure } from './decodestream.ts';
import { decodedText } from './decodetext.ts';
import { decodedValue, failureText, failureValue } from './decodevalue.ts';

export async function decodeMain(
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
): Promise<number> {
  if (complaints.length > 0) return misused(BGP_COMMAND, context, complaints);
  const octets = await readOctets(flags.file === '' ? '-' : flags.file, context.stdin);
  if (!octets.ok) return failed(BGP_COMMAND, context, [octets.error]);
  const values: unknown[] = [];
  const show = (decoded: Decoded): string | null => {
    if (flags.output === 'hex') return showAgain(decoded, context);
    if (flags.output === 'json') values.push(decodedValue(decoded));
    else context.stdout.write(decodedText(decoded));
    return null;
  };
  const terms = { external: flags.external, twoOctetAs: flags['two-octet-as'] };
  let count = 0;
  let over: StreamFailure | null = null;
  let wrong: string | null = null;
  for (const read of decodeStream(octets.value, terms)) {
    if (read.ok) wrong = show(read.value) ?? wrong;
    else over = read.error;
    count += read.ok ? 1 : 0;
  }
  if (flags.output === 'json') {
    const failure = over === null ? {} : { failure: failureValue(over) };
    context.stdout.write(formatValue({ messages: values, ...failure }, 'json'));
  }
  const where = over === null ? '' : `behind ${plural(count, 'message')}, at octet ${over.at}: `;
  const sentences = [
    ...(over === null ? [] : [`${where}${failureText(over.failure)}`]),
    ...(wrong === null ? [] : [wrong]),
  ];
  return sentences.length > 0 ? failed(BGP_COMMAND, context, sentences) : EXIT.fine;
}

/** A message a line; the sentence where it cannot be written. */
function showAgain({ at, message, fourOctetAs }: Decoded, { stdout }: CliContext): string | null {
  const again = writeAgain(message, fourOctetAs);
  if (!again.ok) return `the message at octet ${at} cannot be written: ${again.error.kind}`;
  for (const bytes of again.value) stdout.write(`${Buffer.from(bytes).toString('hex')}\n`);
  return null;
}
