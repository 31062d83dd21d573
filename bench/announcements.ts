/**
 * Measures the model of all speakers behind `berth doctor`, `plan` and `status`: 10,000 Services on 500 nodes, half of them by BGP and half
 * by layer 2. Each figure is of a process of its own, since memory that was used once is not given back.
 */
import type { Raw } from '../src/base/json.ts';
import { planAnnouncements, readEditedCluster } from '../src/delivery/changes/edit-plan.ts';
import { diagnoseSpeakers } from '../src/delivery/findings/diagnose.ts';
import { EXCLUDE_LABEL } from '../src/objects/node.ts';
import { runChild } from './support/child-value.ts';
import { bench, note, type Row } from './support/figures.ts';
import { speakerCrowd } from './support/speaker-crowd.ts';

const SERVICES = 10_000;
const NODES = 500;
const MEGABYTES_MAX = 400;

const OPTIONS = { namespace: 'metallb-system', lbClass: null };

type Task = {
  readonly figure: string;
  readonly secondsMax: number;
  readonly run: (objects: readonly Raw[]) => unknown;
};

const isAnnouncing = ({ kind }: Raw): boolean => kind === 'BGPAdvertisement' || kind === 'L2Advertisement';

const excluding = (objects: readonly Raw[]): readonly Raw[] => {
  const [first] = objects.filter(({ kind }) => kind === 'Node');
  const { metadata } = first as { readonly metadata: Raw };
  const labels = { ...(metadata['labels'] as Raw), [EXCLUDE_LABEL]: '' };
  return objects.map((one) => (one === first ? { ...one, metadata: { ...metadata, labels } } : one));
};

const plan = (objects: readonly Raw[], after: readonly Raw[]): unknown =>
  planAnnouncements(readEditedCluster(objects, after, { ...OPTIONS, completeKinds: new Set() }));

const TASKS: Readonly<Record<string, Task>> = {
  findings: {
    ...{ figure: 'all findings', secondsMax: 5 },
    run: (objects) => diagnoseSpeakers(objects, { ...OPTIONS, complete: true, triesEdits: true }),
  },
  withoutPeers: {
    ...{ figure: 'all findings where no router has a session', secondsMax: 5 },
    run: (objects) =>
      diagnoseSpeakers(
        objects.filter(({ kind }) => kind !== 'BGPPeer'),
        { ...OPTIONS, complete: true, triesEdits: true },
      ),
  },
  exclude: {
    ...{ figure: 'plan of a node that is excluded', secondsMax: 10 },
    run: (objects) => plan(objects, excluding(objects)),
  },
  remove: {
    ...{ figure: 'plan of all advertisements removed', secondsMax: 10 },
    run: (objects) =>
      plan(
        objects,
        objects.filter((one) => !isAnnouncing(one)),
      ),
  },
};

type Usage = { readonly seconds: number; readonly megabytes: number };

function measure(task: Task): Usage {
  const objects = speakerCrowd(SERVICES, NODES);
  const before = process.cpuUsage();
  task.run(objects);
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, megabytes: process.resourceUsage().maxRSS / 1024 };
}

const { TASK = '' } = process.env;
const own = TASKS[TASK];
if (own !== undefined) process.stdout.write(JSON.stringify(measure(own)));
else
  await bench(10, async () => {
    const rows: Row[] = [];
    for (const [name, { figure, secondsMax }] of Object.entries(TASKS)) {
      const { seconds, megabytes } = await runChild<Usage>(new URL(import.meta.url), { TASK: name });
      note(`${figure}: ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`);
      rows.push({
        figure: `${figure}: CPU time; memory`,
        goal: `≤ ${secondsMax} s; ≤ ${MEGABYTES_MAX} MB`,
        seen: `${seconds.toFixed(1)} s; ${megabytes.toFixed(0)} MB`,
        met: seconds <= secondsMax && megabytes <= MEGABYTES_MAX,
      });
    }
    return rows;
  });
