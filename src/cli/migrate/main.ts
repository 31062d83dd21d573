/** `berth migrate metallb`: what stands between MetalLB and Berth, there and back. */
import { ok, type Result } from '../../base/result.ts';
import { type Connection, connected } from '../cluster/connect.ts';
import { LiveCluster } from '../cluster/livecluster.ts';
import { failed, misused, readCommandLine } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { formatValue } from '../output.ts';
import { paintFor } from '../paint.ts';
import { announceWork, showProgress } from '../progress.ts';
import { deskOptions, snapshotOf } from '../snapshot.ts';
import { leftToYou, obstacles, stepsAway } from './away.ts';
import { nothingSaved, stepsBack } from './back.ts';
import { MIGRATE_COMMAND } from './command.ts';
import { look, perform } from './perform.ts';
import { describeStep, indented, printCommands, printObstacles, printSteps, printTakeover } from './print.ts';
import type { Step } from './step.ts';
import { type Takeover, takeover } from './takeover.ts';

type Asked = {
  readonly context: CliContext;
  readonly namespace: string;
  readonly yes: boolean;
  readonly output: string;
  readonly scene: (connection: Connection) => Promise<Result<Takeover, string>>;
};

export async function migrateMain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(MIGRATE_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  if (line.rest.length !== 1 || line.rest[0] !== 'metallb')
    return misused(MIGRATE_COMMAND, context, ['say what to migrate from: migrate metallb']);
  const { flags } = line;
  const namespace = flags['pool-namespace'];
  let progress = 'looking at what is left of MetalLB';
  const end = showProgress(context, () => progress);
  const scene = async ({ sender, describe }: Connection): Promise<Result<Takeover, string>> => {
    const homes = { services: 'default', pools: namespace };
    const tell = (text: string): void => {
      progress = text;
    };
    const source = new LiveCluster({ sender, describe, homes, progress: tell });
    const read = await source.scene();
    if (!read.ok) return read;
    const done = announceWork(context, read.value.services.size);
    const result = takeover(snapshotOf(read.value), deskOptions(flags), context.clock.wall());
    done();
    return ok(result);
  };
  const asked: Asked = { context, namespace, yes: flags.yes, output: flags.output, scene };
  try {
    const code = await connected(context, flags, (connection) =>
      flags.back ? back(asked, connection, end) : away(asked, connection, end),
    );
    return code.ok ? code.value : failed(MIGRATE_COMMAND, context, [code.error]);
  } finally {
    end();
  }
}

async function away(
  asked: Asked,
  connection: Connection,
  ready: () => void,
): Promise<Result<number, string>> {
  const { context, namespace, yes, output } = asked;
  const { sender } = connection;
  const [looked, services] = await Promise.all([look(sender, namespace), asked.scene(connection)]);
  ready();
  if (!looked.ok) return looked;
  if (!services.ok) return services;
  const { facts } = looked.value;
  const found = obstacles(facts);
  const steps = stepsAway(facts);
  const left = leftToYou(facts);
  const paint = paintFor(context.stdout, context.environment);
  const isText = output === 'text';
  if (isText) {
    context.stdout.write(
      [printObstacles(found, paint), printTakeover(services.value, paint), printSteps(steps, paint), ''].join(
        '\n',
      ),
    );
  }
  const done = yes
    ? await perform(sender, steps, (step) => isText && tellDone(context, step))
    : ok(undefined);
  if (!done.ok) return done;
  const commands = yes || steps.length === 0 ? left : ['berth migrate metallb --yes', ...left];
  if (isText)
    context.stdout.write(`${yes ? '\n' : ''}${printCommands('Then, for you to do', commands, paint)}`);
  else
    write(asked, {
      namespace,
      obstacles: found,
      services: services.value,
      steps: steps.map(({ object, does }) => ({ object, does, done: yes })),
      left,
    });
  return ok(yes || steps.length === 0 ? EXIT.fine : EXIT.changes);
}

async function back(
  asked: Asked,
  { sender }: Connection,
  ready: () => void,
): Promise<Result<number, string>> {
  const { context, namespace, yes, output } = asked;
  const looked = await look(sender, namespace);
  ready();
  if (!looked.ok) return looked;
  const { facts, definitions } = looked.value;
  const { steps, waits } = stepsBack(facts, definitions);
  const isText = output === 'text';
  const paint = paintFor(context.stdout, context.environment);
  if (isText) {
    if (facts.saved === null) context.stdout.write(`Nothing to put back: ${nothingSaved(namespace)}.\n`);
    else context.stdout.write(`${printSteps(steps, paint)}\n`);
  }
  const done = yes
    ? await perform(sender, steps, (step) => isText && tellDone(context, step))
    : ok(undefined);
  if (!done.ok) return done;
  if (isText && waits !== null) context.stdout.write(`${paint('yellow', 'Not yet')}\n${indented(waits, 2)}`);
  if (!isText)
    write(asked, {
      namespace,
      steps: steps.map(({ object, does }) => ({ object, does, done: yes })),
      waits,
    });
  return ok((yes || steps.length === 0) && waits === null ? EXIT.fine : EXIT.changes);
}

function tellDone({ stdout }: CliContext, step: Step): void {
  stdout.write(`done: ${describeStep(step)}\n`);
}

function write({ context, output }: Asked, value: unknown): void {
  context.stdout.write(formatValue(value, output === 'yaml' ? 'yaml' : 'json'));
}
