/** `berth plan`: what an edit would do to the addresses in use. */
import { err, ok, type Result } from '../../base/result.ts';
import type { RouteChange } from '../../calico/routechanges.ts';
import { movesSomebody, planWhole, type WholePlan } from '../../plan/whole.ts';
import { parseRef, type Ref } from '../cluster/kinds.ts';
import { type Opened, withSource } from '../cluster/open.ts';
import { failed, misused, readCommandLine } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readManifests } from '../files/read.ts';
import { formatValue } from '../output.ts';
import { paintFor } from '../paint.ts';
import { announceWork } from '../progress.ts';
import { deskOptions, snapshotOf } from '../snapshot.ts';
import { PLAN_COMMAND } from './command.ts';
import { DECIDES_ROUTES, type Edit, editScene } from './edit.ts';
import { planValue, printPlan } from './print.ts';
import { plannedRoutes, printRoutes } from './routes.ts';

type Planned = {
  readonly plan: WholePlan;
  readonly notes: readonly string[];
  /** Null where the cluster has no Calico. */
  readonly routes: readonly RouteChange[] | null;
};

export async function planMain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(PLAN_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, rest } = line;
  if (rest.length > 0)
    return misused(PLAN_COMMAND, context, [
      `${JSON.stringify(rest[0])} is not a flag; to name a file say -f ${rest[0]}`,
    ]);
  if (flags.file.length === 0 && flags.delete.length === 0)
    return misused(PLAN_COMMAND, context, ['say what would be edited: -f FILE, or --delete KIND/NAME']);
  const manifests = await readManifests(flags.file, context.stdin);
  if (!manifests.ok) return failed(PLAN_COMMAND, context, manifests.error);
  const wall = context.clock.wall();
  const planned = await withSource(
    context,
    flags,
    flags.cluster,
    async ({ source, homes }: Opened): Promise<Result<Planned, readonly string[]>> => {
      const deletions = readDeletions(flags.delete, homes);
      if (!deletions.ok) return deletions;
      const now = await source.scene();
      if (!now.ok) return err([now.error]);
      const edit = { manifests: manifests.value, ...deletions.value };
      const edited = await editScene(now.value, edit, { source, homes, wall });
      if (!edited.ok) return edited;
      const done = announceWork(context, now.value.services.size);
      const plan = planWhole(snapshotOf(now.value), snapshotOf(edited.value.scene), deskOptions(flags), wall);
      done();
      const routes = await plannedRoutes(source, plan, edit, homes);
      return ok({ plan, notes: edited.value.notes, routes });
    },
  );
  if (!planned.ok) return failed(PLAN_COMMAND, context, planned.error);
  const { plan, notes, routes } = planned.value;
  const { output } = flags;
  const paint = paintFor(context.stdout, context.environment);
  context.stdout.write(
    output === 'json' || output === 'yaml'
      ? formatValue({ ...planValue(plan, notes), ...(routes === null ? {} : { routes }) }, output)
      : `${printRoutes(routes, paint)}${printPlan(plan, notes, paint)}`,
  );
  const isLess = routes?.some(({ before, after }) => before.some((node) => !after.includes(node))) === true;
  return movesSomebody(plan) || isLess ? EXIT.changes : EXIT.fine;
}

function readDeletions(
  texts: readonly string[],
  homes: Opened['homes'],
): Result<Pick<Edit, 'deletions' | 'without'>, readonly string[]> {
  const refs: Ref[] = [];
  const without: string[] = [];
  const complaints: string[] = [];
  for (const text of texts) {
    const [kind = '', name = '', ...more] = text.split('/');
    const known = [...DECIDES_ROUTES].find((one) => new RegExp(`^${one}s?$`, 'i').test(kind));
    if (known !== undefined && name !== '' && more.length === 0) {
      without.push(`${known} ${name}`);
      continue;
    }
    const ref = parseRef(text, homes);
    if (ref.ok) refs.push(ref.value);
    else complaints.push(`--delete ${ref.error}`);
  }
  return complaints.length > 0 ? err(complaints) : ok({ deletions: refs, without });
}
