/** What `berth plan` says of an edit is what controller and speakers do when it is made: addresses, routes, owners and sessions. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sameRoute } from '../../../src/announce/routes/desired-routes.ts';
import type { Raw } from '../../../src/base/json.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import type { AnnouncementChanges } from '../../../src/delivery/changes/announcement-changes.ts';
import { seeded, seeds } from '../../support/random.ts';
import { NODES, type RandomEdit, randomEdit, randomSpeakers } from '../support/random-edits.ts';
import { runCommand } from '../support/run-command.ts';
import { type Observed, RunningCluster } from '../support/running-cluster.ts';
import { createTempFolder } from '../support/temp-folder.ts';

type Planned = {
  readonly services: readonly {
    readonly service: string;
    readonly later: { readonly addresses: readonly string[] } | null;
  }[];
  readonly notJudged?: readonly string[];
  readonly announcements: AnnouncementChanges & { readonly restart: AnnouncementChanges | null };
};

const list = (items: readonly Raw[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

const GROUPS: Readonly<Record<string, string>> = { BGPPeer: 'bgppeer.metallb.io' };

function deletionOf(reference: string): string {
  const [kind = '', path = ''] = reference.split(' ');
  const name = path.slice(path.indexOf('/') + 1);
  const namespaced = kind === 'Service' || kind === 'EndpointSlice' ? path : name;
  return `${GROUPS[kind] ?? kind.toLowerCase()}/${namespaced}`;
}

/** Null where the command refuses the edit. */
async function planned(
  context: TestContext,
  stored: readonly Raw[],
  { applied, deleted }: RandomEdit,
): Promise<Planned | null> {
  const folder = createTempFolder(context, { 'cluster.json': list(stored) });
  const { out, err, code } = await runCommand(
    runPlan,
    [
      ...['--cluster', folder, '-o', 'json'],
      ...(applied.length === 0 ? [] : ['-f', '-']),
      ...deleted.flatMap((reference) => ['--delete', deletionOf(reference)]),
    ],
    { stdin: applied.length === 0 ? '' : list(applied) },
  );
  assert.notEqual(code, 2, err);
  return out === '' ? null : JSON.parse(out);
}

const nodesOf = (observed: Observed, id: string): readonly string[] =>
  [...(observed.routes.get(id)?.keys() ?? [])].sort();

/** Applied to what was observed before, the changes are what is observed after. */
function assertChanges(changes: AnnouncementChanges, before: Observed, after: Observed): void {
  const changed = new Map(changes.routes.map((one) => [`${one.peer} ${one.router} ${one.prefix}`, one]));
  for (const id of new Set([...before.routes.keys(), ...after.routes.keys(), ...changed.keys()])) {
    const change = changed.get(id);
    const [was, is] = [nodesOf(before, id), nodesOf(after, id)];
    assert.deepEqual(change?.before ?? is, was, `${id} before`);
    assert.deepEqual(change?.after ?? was, is, `${id} after`);
    const differs = was.some((node) => {
      const [old, now] = [before.routes.get(id)?.get(node), after.routes.get(id)?.get(node)];
      return old !== undefined && now !== undefined && !sameRoute(old, now);
    });
    assert.equal((change?.otherwise.length ?? 0) > 0, differs, `attributes of ${id}`);
  }
  const owners = new Map(before.owners);
  for (const { address, before: was, after: is } of changes.owners) {
    assert.equal(was, before.owners.get(address) ?? null, `owner of ${address} before`);
    if (is === null) owners.delete(address);
    else owners.set(address, is);
  }
  assert.deepEqual(sorted(owners), sorted(after.owners), 'owners after');
  assert.deepEqual(
    changes.unreached.map(({ service, address }) => `${service} ${address}`).sort(),
    after.addresses.filter(
      (one) => !after.reached.has(one) && (before.reached.has(one) || !before.addresses.includes(one)),
    ),
    'addresses that nothing leads to',
  );
}

const sorted = (map: ReadonlyMap<string, string>) => [...map].sort();

test('doing it gives what was planned', async (context) => {
  for (const seed of seeds(30, 3_000)) {
    const random = seeded(seed);
    const cluster = new RunningCluster(randomSpeakers(random), NODES);
    const before = cluster.observe();
    const sessionsBefore = cluster.sessions();
    const stored = cluster.stored();
    const edit = randomEdit(random, stored);
    const plan = await planned(context, stored, edit);
    // What only the speakers know is said to be unknown.
    if (plan === null || (plan.notJudged ?? []).length > 0) continue;
    try {
      cluster.edit(edit.applied, edit.deleted);
      const after = cluster.observe();
      assert.deepEqual(
        plan.services
          .flatMap(({ service, later }) => later?.addresses.map((ip) => `${service} ${ip}`) ?? [])
          .sort(),
        after.addresses,
        'addresses',
      );
      assertChanges(plan.announcements, before, after);
      const opened = plan.announcements.sessions.flatMap(({ peer, router, nodes, change }) =>
        change === 'opens' ? nodes.map((node) => `${peer} ${router} ${node}`) : [],
      );
      assert.deepEqual(
        opened.sort(),
        [...cluster.sessions()].filter((one) => !sessionsBefore.has(one)).sort(),
        'sessions',
      );
      cluster.restartSpeakers();
      const nothing = { sessions: [], routes: [], owners: [], unreached: [] };
      assertChanges(plan.announcements.restart ?? nothing, after, cluster.observe());
    } catch (cause) {
      throw new Error(`SEED=${seed}, ${JSON.stringify(edit)}: ${String(cause)}`, { cause });
    }
  }
});
