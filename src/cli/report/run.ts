/** `berth report`: puts what is needed to understand a problem into one file. */
import { writeFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import type { Flags } from '../../base/flags.ts';
import type { Raw } from '../../base/json.ts';
import { escapeControls, escapeDocument } from '../../base/printable.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type SystemError, systemErrorText } from '../../base/system-error.ts';
import { plural } from '../../base/text.ts';
import { describeOutcome } from '../../kube/http/api-request.ts';
import { createTerminal } from '../../observe/terminal.ts';
import { runBgp } from '../bgp/run.ts';
import { type ClusterConnection, withConnection } from '../cluster/connection.ts';
import { runDoctor } from '../doctor/run.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../framework/command.ts';
import type { CliContext, RunCommand } from '../framework/context.ts';
import { bulletList, joinSections, proseLines } from '../framework/lines.ts';
import { formatYaml } from '../framework/output.ts';
import { type BundleEntry, fitEntries, zipEntries } from './bundle.ts';
import { REPORT_COMMAND } from './command.ts';
import { readLogs } from './logs.ts';
import { type ReadObjects, readReportObjects } from './objects.ts';
import { Redactor } from './redactor.ts';

type ReportFlags = Flags<typeof REPORT_COMMAND.flags>;

const REQUEST_TIMEOUT = 15_000;

/** The file is for its owner alone. */
const FILE_MODE = 0o600;

export async function runReport(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(REPORT_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, positionals } = line;
  const errors = surplusOperands(positionals, 0);
  if (errors.length > 0) return failUsage(REPORT_COMMAND, context, errors);
  const read = await withConnection(context, flags, (connection) => readBundle(connection, flags, context));
  if (!read.ok) return failCommand(REPORT_COMMAND, context, [read.error]);
  const { entries, omissions } = read.value;
  const path = flags.to === '' ? defaultFile(context) : flags.to;
  const zip = await zipEntries(entries);
  const problem = zip.ok ? writeNewFile(path, zip.value) : zip.error;
  if (problem !== null) return failCommand(REPORT_COMMAND, context, [problem]);
  printSummary(path, read.value, context);
  return omissions.length === 0 ? EXIT_CODES.success : EXIT_CODES.partial;
}

type Bundle = { readonly entries: readonly BundleEntry[]; readonly omissions: readonly string[] };

async function readBundle(
  connection: ClusterConnection,
  flags: ReportFlags,
  context: CliContext,
): Promise<Result<Bundle, string>> {
  const { sender, progress } = connection;
  const namespace = flags['pool-namespace'];
  const objects = await readReportObjects(sender, namespace, progress);
  if (objects.collections.size === 0)
    return err(
      `nothing in ${connection.description} can be read: ${objects.unread[0] ?? 'it has no objects'}`,
    );
  const redactor = new Redactor();
  const objectEntries = toObjectEntries(objects, redactor);
  progress('asking the speakers');
  const commands = await runCommands(objectEntries, flags, context);
  const version = await sender.send({ method: 'GET', path: '/version', timeout: REQUEST_TIMEOUT });
  progress('reading the logs');
  const pods = objects.collections.get('pods') ?? [];
  const logs = await readLogs({ sender, namespace, pods, lines: flags['log-lines'] });
  const about = {
    berth: context.version,
    node: process.version,
    cluster: version.kind === 'ok' ? version.body : describeOutcome(version),
    namespace,
  };
  const texts: readonly BundleEntry[] = [
    { name: 'version.yaml', text: yamlText(about), keeps: 'start' },
    ...commands,
    ...objectEntries,
    ...logs.entries,
  ];
  // Once more over everything: what was a secret in one object is one in every text.
  const redacted = texts.map((entry) => ({ ...entry, text: escapeDocument(redactor.text(entry.text)) }));
  const fitted = fitEntries(redacted);
  const omissions = [...objects.unread, ...logs.omissions, ...fitted.omissions].map((one) =>
    escapeControls(redactor.text(one)),
  );
  const index = indexText({ entries: fitted.entries, omissions }, redactor.count);
  return ok({ entries: [{ name: 'index.txt', text: index, keeps: 'start' }, ...fitted.entries], omissions });
}

const yamlText = (value: unknown): string => `${formatYaml(value).join('\n')}\n`;

const toObjectEntries = ({ collections }: ReadObjects, redactor: Redactor): readonly BundleEntry[] =>
  [...collections].map(([name, objects]) => ({
    name: `objects/${name}.yaml`,
    text: objects.map((raw: Raw) => yamlText(redactor.object(raw))).join('---\n'),
    keeps: 'start',
  }));

/** Commands whose answers a reader would ask for first. The doctor reads the objects of the bundle: it needs no Secret. */
async function runCommands(
  objects: readonly BundleEntry[],
  flags: ReportFlags,
  context: CliContext,
): Promise<readonly BundleEntry[]> {
  const connection = ['--kubeconfig', flags.kubeconfig, '--context', flags.context];
  const speakers = ['--speaker-namespace', flags['pool-namespace'], ...connection];
  const cluster = objects.map(({ text }) => text).join('---\n');
  return Promise.all([
    captureCommand('doctor', runDoctor, ['-f', '-'], context, cluster),
    captureCommand('bgp-peers', runBgp, ['peers', ...speakers], context),
    captureCommand('bgp-routes', runBgp, ['routes', ...speakers], context),
  ]);
}

async function captureCommand(
  name: string,
  run: RunCommand,
  args: readonly string[],
  context: CliContext,
  stdin = '',
): Promise<BundleEntry> {
  const lines: string[] = [];
  const terminal = createTerminal(new PassThrough(), {}, (text) => lines.push(text));
  const code = await run(args, {
    ...context,
    stdin: Readable.from([stdin]),
    stdout: terminal,
    stderr: terminal,
  });
  lines.push(`(exit code ${code})\n`);
  return { name: `commands/${name}.txt`, text: lines.join(''), keeps: 'start' };
}

function indexText({ entries, omissions }: Bundle, redacted: number): string {
  const files = entries.map(({ name, text }) => `${String(Buffer.byteLength(text)).padStart(9)}  ${name}`);
  const lines = [
    'A report of Berth about one cluster.',
    '',
    `${plural(redacted, 'value')} that may be secret ${redacted === 1 ? 'was' : 'were'} taken out. Secrets were not read.`,
    'The file names Services, nodes and addresses: look through it before you pass it on.',
    '',
    'Files, with their size in bytes:',
    ...files,
    '',
    omissions.length === 0 ? 'Nothing is missing.' : 'Missing:',
    ...omissions.map((one) => `- ${one}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** In UTC, in the working folder: `berth-report-20260102T030405Z.zip`. */
const defaultFile = ({ clock }: CliContext): string =>
  `berth-report-${new Date(clock.wall()).toISOString().replace(/\.\d+|[-:]/g, '')}.zip`;

/** An error is a sentence. No file is written over. */
function writeNewFile(path: string, bytes: Uint8Array): string | null {
  try {
    writeFileSync(path, bytes, { mode: FILE_MODE, flag: 'wx' });
    return null;
  } catch (error) {
    return `${path} cannot be written: ${systemErrorText(error as SystemError)}; name another file with --to`;
  }
}

function printSummary(path: string, { entries, omissions }: Bundle, { stdout }: CliContext): void {
  const written = `${path} has ${plural(entries.length, 'file')}. Secrets were not read, and passwords and tokens in other texts were taken out.`;
  const advice = 'It names your Services, nodes and addresses: look through it before you pass it on.';
  stdout.print(
    joinSections([
      [...proseLines(written, stdout), ...proseLines(advice, stdout)],
      omissions.length === 0 ? [] : bulletList('Missing', omissions, stdout),
    ]),
  );
}
