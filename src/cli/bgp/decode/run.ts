/** `berth bgp decode`: messages from a file or standard input to what they mean. */

import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { plural } from '../../../base/text.ts';
import { failCommand, failUsage } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { formatOutput } from '../../framework/output.ts';
import { BGP_COMMAND, type BgpFlags } from '../command.ts';
import { readOctets } from './input.ts';
import { decodedJson, failureJson, failureText } from './json.ts';
import { reEncode } from './re-encode.ts';
import { type DecodedMessage, decodeStream, type StreamFailure } from './stream.ts';
import { formatDecoded } from './text.ts';

export async function runBgpDecode(
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
): Promise<number> {
  if (complaints.length > 0) return failUsage(BGP_COMMAND, context, complaints);
  const octets = await readOctets(flags.file === '' ? '-' : flags.file, context.stdin);
  if (!octets.ok) return failCommand(BGP_COMMAND, context, [octets.error]);
  const values: unknown[] = [];
  const printMessage = (decoded: DecodedMessage): string | null => {
    if (flags.output === 'hex') return printHex(decoded, context);
    if (flags.output === 'json') values.push(decodedJson(decoded));
    else context.stdout.write(formatDecoded(decoded));
    return null;
  };
  const options = { external: flags.external, twoOctetAs: flags['two-octet-as'] };
  let count = 0;
  let streamFailure: StreamFailure | null = null;
  let encodeProblem: string | null = null;
  for (const read of decodeStream(octets.value, options)) {
    if (read.ok) encodeProblem = printMessage(read.value) ?? encodeProblem;
    else streamFailure = read.error;
    count += read.ok ? 1 : 0;
  }
  if (flags.output === 'json') {
    const failure = streamFailure === null ? {} : { failure: failureJson(streamFailure) };
    context.stdout.write(formatOutput({ messages: values, ...failure }, 'json'));
  }
  const location =
    streamFailure === null ? '' : `behind ${plural(count, 'message')}, at octet ${streamFailure.at}: `;
  const sentences = [
    ...(streamFailure === null ? [] : [`${location}${failureText(streamFailure.failure)}`]),
    ...(encodeProblem === null ? [] : [encodeProblem]),
  ];
  return sentences.length > 0 ? failCommand(BGP_COMMAND, context, sentences) : EXIT_CODES.success;
}

/** A message a line; the sentence where it cannot be written. */
function printHex({ at, message, fourOctetAs }: DecodedMessage, { stdout }: CliContext): string | null {
  const encoded = reEncode(message, fourOctetAs);
  if (!encoded.ok) return `the message at octet ${at} cannot be written: ${encoded.error.kind}`;
  for (const bytes of encoded.value) stdout.write(`${Buffer.from(bytes).toString('hex')}\n`);
  return null;
}
