/** `berth bgp decode`: BGP messages from a file or standard input, decoded. */
import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { plural } from '../../../base/text.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { formatJson } from '../../framework/output.ts';
import { DECODE_COMMAND } from './command.ts';
import { readOctets } from './input.ts';
import { decodedJson, failureJson, failureText } from './json.ts';
import { reEncode } from './re-encode.ts';
import { type DecodedMessage, decodeStream, type StreamFailure } from './stream.ts';
import { decodedLines } from './text.ts';

export async function runBgpDecode(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(DECODE_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const surplus = surplusOperands(line.positionals, 0);
  if (surplus.length > 0) return failUsage(DECODE_COMMAND, context, surplus);
  const octets = await readOctets(flags.file === '' ? '-' : flags.file, context.stdin);
  if (!octets.ok) return failCommand(DECODE_COMMAND, context, [octets.error]);
  const values: unknown[] = [];
  const printMessage = (decoded: DecodedMessage): string | null => {
    if (flags.output === 'hex') return printHex(decoded, context);
    if (flags.output === 'json') values.push(decodedJson(decoded));
    else context.stdout.print(decodedLines(decoded));
    return null;
  };
  const options = { external: flags.external, twoOctetAs: flags['two-octet-as'] };
  let count = 0;
  let streamFailure: StreamFailure | null = null;
  let encodeError: string | null = null;
  for (const read of decodeStream(octets.value, options)) {
    if (read.ok) encodeError = printMessage(read.value) ?? encodeError;
    else streamFailure = read.error;
    count += read.ok ? 1 : 0;
  }
  if (flags.output === 'json') {
    const failure = streamFailure === null ? {} : { failure: failureJson(streamFailure) };
    context.stdout.print(formatJson({ messages: values, ...failure }));
  }
  const errors = [
    ...(streamFailure === null
      ? []
      : [
          `after ${plural(count, 'message')}, at octet ${streamFailure.at}: ${failureText(streamFailure.failure)}`,
        ]),
    ...(encodeError === null ? [] : [encodeError]),
  ];
  return errors.length > 0 ? failCommand(DECODE_COMMAND, context, errors) : EXIT_CODES.success;
}

/** Prints the encoded messages, a line each. Returns a sentence if the message cannot be encoded. */
function printHex({ at, message, fourOctetAs }: DecodedMessage, { stdout }: CliContext): string | null {
  const encoded = reEncode(message, fourOctetAs);
  if (!encoded.ok) return `the message at octet ${at} cannot be encoded: ${encoded.error.kind}`;
  stdout.print(encoded.value.map((bytes) => Buffer.from(bytes).toString('hex')));
  return null;
}
