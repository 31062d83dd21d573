/** `berth doctor`: what is wrong, what the routers learn, what they need. */

import { err, ok, type Result } from '../../base/result.ts';
import { closest } from '../../base/text.ts';
import { diagnose } from '../../calico/findings/diagnose.ts';
import type { WorldOptions } from '../../calico/findings/world.ts';
import { compareLive } from '../../calico/livediff.ts';
import { reportRouters } from '../../calico/report.ts';
import { parseVersion } from '../../calico/version.ts';
import { type Raw, textOf } from '../../cluster/fields.ts';
import { routerIdOf } from '../../kube/noderouterid.ts';
import { DEFAULT_NAMESPACE } from '../../program/flags.ts';
import { isWithoutCalico } from '../announcing/everything.ts';
import { connected } from '../cluster/connect.ts';
import { housed } from '../cluster/kinds.ts';
import { failed, misused, readCommandLine } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readManifests } from '../files/read.ts';
import { formatValue } from '../output.ts';
import { paintFor } from '../paint.ts';
import { announceWork, showProgress } from '../progress.ts';
import { DOCTOR_COMMAND } from './command.ts';
import { gather } from './gather.ts';
import { type Examination, printExamination } from './print.ts';
import { examinationValue } from './value.ts';

type Flags = {
  readonly file: readonly string[];
  readonly complete: boolean;
  readonly 'calico-version': string;
  readonly 'calico-namespace': string;
  readonly 'read-secrets': boolean;
  readonly live: boolean;
  readonly kubeconfig: string;
  readonly context: string;
};

export async function doctorMain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(DOCTOR_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, rest } = line;
  const complaints = [
    ...rest.map((word) => `${JSON.stringify(word)} means nothing here; files are named with -f`),
    ...(flags.live && flags.file.length > 0 ? ['--live is about the live cluster: leave -f out'] : []),
    ...(flags.complete && flags.file.length === 0 ? ['--complete is about files: name some with -f'] : []),
    ...(flags['calico-version'] !== '' && parseVersion(flags['calico-version']) === null
      ? [`--calico-version: ${JSON.stringify(flags['calico-version'])} is no version such as v3.32.1`]
      : []),
  ];
  if (complaints.length > 0) return misused(DOCTOR_COMMAND, context, complaints);
  const seen = flags.file.length > 0 ? await fromFiles(flags, context) : await fromCluster(flags, context);
  if (!seen.ok) return failed(DOCTOR_COMMAND, context, seen.error);
  const done = announceWork(context, countOf(seen.value.objects));
  const examination = examine(seen.value, flags);
  done();
  const { output } = flags;
  context.stdout.write(
    output === 'text'
      ? printExamination(examination, context.program, paintFor(context.stdout, context.environment))
      : formatValue(examinationValue(examination), output === 'json' ? 'json' : 'yaml'),
  );
  const severities = new Set(examination.findings.map(({ severity }) => severity));
  return severities.has('error') ? EXIT.errors : severities.has('warning') ? EXIT.changes : EXIT.fine;
}

type Seen = Pick<WorldOptions, 'complete' | 'read' | 'forbidden'> & {
  readonly describe: string;
  readonly objects: readonly Raw[];
  /** Sentences about what could not be read. */
  readonly unread: readonly string[];
};

function examine(seen: Seen, flags: Flags): Examination {
  const version = parseVersion(flags['calico-version']);
  const { findings, unknown, world } = diagnose(seen.objects, {
    ...seen,
    hashed: routerIdOf,
    ...(version === null ? {} : { version }),
    ...(flags['calico-namespace'] === '' ? {} : { namespace: flags['calico-namespace'] }),
  });
  return {
    describe: seen.describe,
    findings,
    unknown,
    unread: seen.unread,
    world,
    routers: reportRouters(world.picture, world.held),
    live: flags.live ? compareLive(world.picture, world.of('CalicoNodeStatus')) : null,
  };
}

async function fromFiles(flags: Flags, context: CliContext): Promise<Result<Seen, readonly string[]>> {
  const read = await readManifests(flags.file, context.stdin);
  if (!read.ok) return read;
  const homes = { services: 'default', pools: DEFAULT_NAMESPACE };
  const objects = read.value.map(({ raw }) => housed(raw, homes));
  const describe = flags.file.map((file) => (file === '-' ? 'standard input' : file)).join(', ');
  const strange = misspelt(objects);
  return ok({ describe, objects, complete: flags.complete, unread: strange });
}

const KINDS = [
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'IPReservation', 'BlockAffinity'],
  ...['Node', 'Service', 'EndpointSlice', 'IPAddressPool', 'KubeControllersConfiguration'],
];

/** Kinds that are nearly one that counts: the API server would refuse them, and we would not see them. */
function misspelt(objects: readonly Raw[]): readonly string[] {
  const kinds = new Set(objects.map((raw) => textOf(raw['kind'])));
  return [...kinds].flatMap((kind) => {
    const near = KINDS.includes(kind)
      ? undefined
      : KINDS.find((one) => one.toLowerCase() === kind.toLowerCase());
    const meant = near ?? (/^(BGP|IP)/.test(kind) && !KINDS.includes(kind) ? closest(kind, KINDS) : null);
    return meant === null || meant === undefined
      ? []
      : [`kind ${kind} is not looked at: did you mean ${meant}?`];
  });
}

const NO_CALICO =
  'there is no Calico here: no object of projectcalico.org, and no DaemonSet calico-node. Where speakers announce, ask "berth bgp why SERVICE"';

async function fromCluster(flags: Flags, context: CliContext): Promise<Result<Seen, readonly string[]>> {
  let now = 'reading the cluster';
  const end = showProgress(context, () => now);
  try {
    const answer = await connected(context, flags, async ({ sender, describe }) => {
      const gathered = await gather({
        sender,
        readSecrets: flags['read-secrets'],
        namespace: flags['calico-namespace'],
        progress: (text) => {
          now = text;
        },
      });
      if (typeof gathered === 'string') return err(gathered);
      const { objects, read, unread } = gathered;
      if (unread.size === 0 && isWithoutCalico(objects)) return err(NO_CALICO);
      return ok({ describe, objects, read, forbidden: new Set(unread.keys()), unread: [...unread.values()] });
    });
    return answer.ok ? answer : err([answer.error]);
  } finally {
    end();
  }
}

const countOf = (objects: readonly Raw[]): number =>
  objects.filter((raw) => raw['kind'] === 'Service').length;
