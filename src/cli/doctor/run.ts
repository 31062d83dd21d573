/** `berth doctor`: finds what keeps routers from learning addresses from Calico. */
import { EXIT_CODES } from '../../base/exit-codes.ts';
import type { Flags } from '../../base/flags.ts';
import type { Raw } from '../../base/json.ts';
import { diagnose } from '../../calico/findings/diagnose.ts';
import { parseVersion } from '../../calico/objects/version.ts';
import { compareWithLive } from '../../calico/report/live-comparison.ts';
import { reportRouters } from '../../calico/report/router-report.ts';
import { hashedRouterId } from '../../kube/node-router-id.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork } from '../framework/progress.ts';
import { DOCTOR_COMMAND } from './command.ts';
import { type DoctorInput, readDoctorCluster, readDoctorFiles } from './input.ts';
import { doctorReportJson } from './json.ts';
import { type DoctorReport, verdictFor } from './report.ts';
import { doctorReportLines } from './text.ts';

type DoctorFlags = Flags<typeof DOCTOR_COMMAND.flags>;

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
  const report = diagnoseInput(input.value, flags);
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

const usageErrors = (flags: DoctorFlags, positionals: readonly string[]): readonly string[] => [
  ...positionals.map((word) => `unexpected ${JSON.stringify(word)}: name files with -f`),
  ...(flags.live && flags.file.length > 0 ? ['--live is for the live cluster: leave -f out'] : []),
  ...(flags.complete && flags.file.length === 0 ? ['--complete is for files: name some with -f'] : []),
  ...(flags['calico-version'] !== '' && parseVersion(flags['calico-version']) === null
    ? [`--calico-version: ${JSON.stringify(flags['calico-version'])} is not a version such as v3.32.1`]
    : []),
];

function diagnoseInput(input: DoctorInput, flags: DoctorFlags): DoctorReport {
  const version = parseVersion(flags['calico-version']);
  const {
    findings,
    unknown,
    world: snapshot,
  } = diagnose(input.objects, {
    ...input,
    hashRouterId: hashedRouterId,
    triesEdits: true,
    ...(version === null ? {} : { version }),
    ...(flags['calico-namespace'] === '' ? {} : { namespace: flags['calico-namespace'] }),
  });
  return {
    description: input.description,
    findings,
    unknown,
    unread: input.unread,
    isPartial: input.isPartial,
    snapshot,
    routers: reportRouters(snapshot.converged, snapshot.assigned),
    live: flags.live ? compareWithLive(snapshot.converged, snapshot.objectsOf('CalicoNodeStatus')) : null,
  };
}

const countServices = (objects: readonly Raw[]): number =>
  objects.filter((raw) => raw['kind'] === 'Service').length;
