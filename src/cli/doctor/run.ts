/** `berth doctor`: finds what keeps addresses from their clients, whoever announces them. */
import { EXIT_CODES } from '../../base/exit-codes.ts';
import type { Flags } from '../../base/flags.ts';
import { parseVersion } from '../../calico/objects/version.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork } from '../framework/progress.ts';
import { DOCTOR_COMMAND } from './command.ts';
import { countServices, diagnoseInput } from './diagnosis.ts';
import { readDoctorCluster, readDoctorFiles } from './input.ts';
import { doctorReportJson } from './json.ts';
import { verdictFor } from './report.ts';
import { doctorReportLines } from './text.ts';

type DoctorCommandFlags = Flags<typeof DOCTOR_COMMAND.flags>;

export async function runDoctor(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(DOCTOR_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, positionals } = line;
  const errors = usageErrors(flags, positionals);
  if (errors.length > 0) return failUsage(DOCTOR_COMMAND, context, errors);
  const input =
    flags.file.length > 0 ? await readDoctorFiles(flags, context) : await readDoctorCluster(flags, context);
  if (!input.ok) return failCommand(DOCTOR_COMMAND, context, input.error);
  const endWork = showLongWork(context, countServices(input.value.objects));
  const report = diagnoseInput(input.value, flags, context.clock.wall());
  endWork();
  const { output } = flags;
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput(doctorReportJson(report), output)
      : doctorReportLines(report, context.program, context.stdout),
  );
  return report.isPartial ? EXIT_CODES.partial : VERDICT_CODES[verdictFor(report.findings)];
}

const VERDICT_CODES = {
  clean: EXIT_CODES.success,
  warnings: EXIT_CODES.changes,
  errors: EXIT_CODES.errors,
} as const;

const usageErrors = (flags: DoctorCommandFlags, positionals: readonly string[]): readonly string[] => [
  ...positionals.map((word) => `unexpected ${JSON.stringify(word)}: name files with -f`),
  ...(flags.live && flags.file.length > 0 ? ['--live is for the live cluster: leave -f out'] : []),
  ...(flags.complete && flags.file.length === 0 ? ['--complete is for files: name some with -f'] : []),
  ...(flags['calico-version'] !== '' && parseVersion(flags['calico-version']) === null
    ? [`--calico-version: ${JSON.stringify(flags['calico-version'])} is not a version such as v3.32.1`]
    : []),
];
