/** `berth doctor`: what is wrong, what the routers learn, what they need. */

import { EXIT_CODES } from '../../base/exit-codes.ts';
import { type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { closestMatch } from '../../base/text.ts';
import { diagnose } from '../../calico/findings/diagnose.ts';
import type { SnapshotOptions } from '../../calico/findings/snapshot.ts';
import { parseVersion } from '../../calico/objects/version.ts';
import { compareWithLive } from '../../calico/report/live-comparison.ts';
import { reportRouters } from '../../calico/report/router-report.ts';
import { hashedRouterId } from '../../kube/node-router-id.ts';
import { DEFAULT_NAMESPACE } from '../../runtime/flags.ts';
import { isWithoutCalico } from '../cluster/calico-input.ts';
import { readCalicoObjects } from '../cluster/calico-objects.ts';
import { withConnection } from '../cluster/connection.ts';
import { withDefaultNamespace } from '../cluster/resource-ref.ts';
import { readManifests } from '../files/read-files.ts';
import { colorizerFor } from '../framework/color.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork, showProgress } from '../framework/progress.ts';
import { DOCTOR_COMMAND } from './command.ts';
import { doctorReportJson } from './json.ts';
import { type DoctorReport, printDoctorReport } from './text.ts';

type DoctorFlags = {
  readonly file: readonly string[];
  readonly complete: boolean;
  readonly 'calico-version': string;
  readonly 'calico-namespace': string;
  readonly 'read-secrets': boolean;
  readonly live: boolean;
  readonly kubeconfig: string;
  readonly context: string;
};

export async function runDoctor(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(DOCTOR_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, positionals } = line;
  const complaints = [
    ...positionals.map((word) => `${JSON.stringify(word)} means nothing here; files are named with -f`),
    ...(flags.live && flags.file.length > 0 ? ['--live is about the live cluster: leave -f out'] : []),
    ...(flags.complete && flags.file.length === 0 ? ['--complete is about files: name some with -f'] : []),
    ...(flags['calico-version'] !== '' && parseVersion(flags['calico-version']) === null
      ? [`--calico-version: ${JSON.stringify(flags['calico-version'])} is no version such as v3.32.1`]
      : []),
  ];
  if (complaints.length > 0) return failUsage(DOCTOR_COMMAND, context, complaints);
  const input =
    flags.file.length > 0 ? await readDoctorFiles(flags, context) : await readDoctorCluster(flags, context);
  if (!input.ok) return failCommand(DOCTOR_COMMAND, context, input.error);
  const endWork = showLongWork(context, countServices(input.value.objects));
  const report = diagnoseInput(input.value, flags);
  endWork();
  const { output } = flags;
  context.stdout.write(
    output === 'text'
      ? printDoctorReport(report, context.program, colorizerFor(context.stdout, context.environment))
      : formatOutput(doctorReportJson(report), output === 'json' ? 'json' : 'yaml'),
  );
  const severities = new Set(report.findings.map(({ severity }) => severity));
  return severities.has('error')
    ? EXIT_CODES.errors
    : severities.has('warning')
      ? EXIT_CODES.changes
      : EXIT_CODES.success;
}

type DoctorInput = Pick<SnapshotOptions, 'complete' | 'read' | 'forbidden'> & {
  readonly description: string;
  readonly objects: readonly Raw[];
  /** Sentences about what could not be read. */
  readonly unread: readonly string[];
};

function diagnoseInput(input: DoctorInput, flags: DoctorFlags): DoctorReport {
  const version = parseVersion(flags['calico-version']);
  const {
    findings,
    unknown,
    world: snapshot,
  } = diagnose(input.objects, {
    ...input,
    hashRouterId: hashedRouterId,
    ...(version === null ? {} : { version }),
    ...(flags['calico-namespace'] === '' ? {} : { namespace: flags['calico-namespace'] }),
  });
  return {
    description: input.description,
    findings,
    unknown,
    unread: input.unread,
    snapshot,
    routers: reportRouters(snapshot.converged, snapshot.assigned),
    live: flags.live ? compareWithLive(snapshot.converged, snapshot.objectsOf('CalicoNodeStatus')) : null,
  };
}

async function readDoctorFiles(
  flags: DoctorFlags,
  context: CliContext,
): Promise<Result<DoctorInput, readonly string[]>> {
  const read = await readManifests(flags.file, context.stdin);
  if (!read.ok) return read;
  const defaultNamespaces = { services: 'default', pools: DEFAULT_NAMESPACE };
  const objects = read.value.map(({ raw }) => withDefaultNamespace(raw, defaultNamespaces));
  const description = flags.file.map((file) => (file === '-' ? 'standard input' : file)).join(', ');
  const misspelled = misspelledKinds(objects);
  return ok({ description, objects, complete: flags.complete, unread: misspelled });
}

const KNOWN_KINDS = [
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'IPReservation', 'BlockAffinity'],
  ...['Node', 'Service', 'EndpointSlice', 'IPAddressPool', 'KubeControllersConfiguration'],
];

/** Kinds that are nearly one that counts: the API server would refuse them, and we would not see them. */
function misspelledKinds(objects: readonly Raw[]): readonly string[] {
  const kinds = new Set(objects.map((raw) => textOf(raw['kind'])));
  return [...kinds].flatMap((kind) => {
    const sameIgnoringCase = KNOWN_KINDS.includes(kind)
      ? undefined
      : KNOWN_KINDS.find((one) => one.toLowerCase() === kind.toLowerCase());
    const intended =
      sameIgnoringCase ??
      (/^(BGP|IP)/.test(kind) && !KNOWN_KINDS.includes(kind) ? closestMatch(kind, KNOWN_KINDS) : null);
    return intended === null || intended === undefined
      ? []
      : [`kind ${kind} is not looked at: did you mean ${intended}?`];
  });
}

const NO_CALICO =
  'there is no Calico here: no object of projectcalico.org, and no DaemonSet calico-node. Where speakers announce, ask "berth bgp why SERVICE"';

async function readDoctorCluster(
  flags: DoctorFlags,
  context: CliContext,
): Promise<Result<DoctorInput, readonly string[]>> {
  let progressText = 'reading the cluster';
  const stopProgress = showProgress(context, () => progressText);
  try {
    const result = await withConnection(context, flags, async ({ sender, description }) => {
      const readResult = await readCalicoObjects({
        sender,
        readSecrets: flags['read-secrets'],
        namespace: flags['calico-namespace'],
        progress: (text) => {
          progressText = text;
        },
      });
      if (typeof readResult === 'string') return err(readResult);
      const { objects, read, unread } = readResult;
      if (unread.size === 0 && isWithoutCalico(objects)) return err(NO_CALICO);
      return ok({
        description,
        objects,
        read,
        forbidden: new Set(unread.keys()),
        unread: [...unread.values()],
      });
    });
    return result.ok ? result : err([result.error]);
  } finally {
    stopProgress();
  }
}

const countServices = (objects: readonly Raw[]): number =>
  objects.filter((raw) => raw['kind'] === 'Service').length;
