/**
 * The speakers of a cluster, each asked for a document of its view port through the API server's way to Pods. One that
 * does not answer is a sentence in its place.
 */

import type { Clock, Millis } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { compareText } from '../../base/text.ts';
import { fieldsOf, listOf, metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import { KubeClient } from '../../kube/client.ts';
import { listAll } from '../../kube/list.ts';
import { type ApiOutcome, type ApiSender, describeOutcome } from '../../kube/outcome.ts';
import { collectionPath, PODS, withQuery } from '../../kube/resource.ts';
import { openTarget } from '../../kube/target.ts';
import { VIEW_PORT } from '../../speaker/flags.ts';
import { connected } from '../cluster/connect.ts';
import type { CliContext } from '../context.ts';
import { showProgress } from '../progress.ts';
import type { BgpFlags } from './command.ts';

/** For one speaker: it answers in milliseconds, or not at all. */
export const ANSWER_TIMEOUT: Millis = 5_000;

/** How many are asked at a time. */
export const AT_ONCE = 16;

/** Labels of Berth's own manifests, and of those that were MetalLB's. */
const SELECTORS = ['app.kubernetes.io/component=speaker', 'component=speaker'] as const;

/** `path` of the view port, with a query by name. */
export type Question = { readonly path: string; readonly query: Readonly<Record<string, string | null>> };

export type Asked = {
  /** The node, or the address that was asked. */
  readonly node: string;
  readonly pod: string | null;
  /** A document, or a sentence. */
  readonly answer: Result<Raw, string>;
};

type Speaker = { readonly node: string; readonly pod: string | null; ask(): Promise<Asked['answer']> };

export type Asking = {
  readonly asked: readonly Asked[];
  /** The namespace of the context; null where it names none, or there is no cluster. */
  readonly namespace: string | null;
};

/** In the order of nodes. The error is a sentence: nobody could be asked. */
export async function askSpeakers(
  context: CliContext,
  flags: BgpFlags,
  questionIn: (namespace: string | null) => Question,
): Promise<Result<Asking, string>> {
  if (flags.speaker.length > 0) {
    const asked = await askAll(context, flags.speaker.map(directly(context, questionIn(null))));
    return ok({ asked, namespace: null });
  }
  return connected(context, flags, async ({ sender, namespace }) => {
    const found = await findSpeakers(sender, flags, questionIn(namespace));
    return found.ok ? ok({ asked: await askAll(context, found.value), namespace }) : found;
  });
}

async function findSpeakers(
  sender: ApiSender,
  { 'speaker-namespace': namespace, node: wanted }: BgpFlags,
  question: Question,
): Promise<Result<readonly Speaker[], string>> {
  const pods = new Map<string, Raw>();
  for (const labelSelector of SELECTORS) {
    const listed = await listAll(sender, { resource: PODS, namespace, labelSelector, from: 'consistent' });
    if (listed.kind !== 'ok')
      return err(`the Pods of ${namespace} cannot be listed: ${describeOutcome(listed)}`);
    for (const pod of listed.items) pods.set(textOf(metadataOf(pod)['name']), pod);
  }
  if (pods.size === 0)
    return err(
      `there is no speaker in the namespace ${namespace}: say where they run with --speaker-namespace`,
    );
  const all = [...pods.values()].map((pod) => speakerIn(sender, namespace, pod, question));
  const chosen = wanted.length === 0 ? all : all.filter(({ node }) => wanted.includes(node));
  const missing = wanted.filter((name) => !all.some(({ node }) => node === name));
  if (missing.length > 0) return err(`no speaker runs on ${missing.join(', ')}`);
  return ok(chosen.sort((a, b) => compareText(a.node, b.node)));
}

function speakerIn(sender: ApiSender, namespace: string, pod: Raw, { path, query }: Question): Speaker {
  const name = textOf(metadataOf(pod)['name']);
  const spec = fieldsOf(pod['spec']);
  const phase = textOf(fieldsOf(pod['status'])['phase']);
  const port = viewPortOf(spec);
  const proxy = `${collectionPath(PODS, namespace)}/http:${encodeURIComponent(name)}:${port}/proxy`;
  return {
    node: textOf(spec['nodeName']) || '(no node)',
    pod: name,
    ask: async () => {
      if (phase !== 'Running') return err(`its Pod ${name} is ${phase || 'not there yet'}`);
      if (port === 0) return err('it has no view port: --view-port is 0');
      const request = { method: 'GET', path: withQuery(`${proxy}${path}`, query) } as const;
      return answerOf(await sender.send({ ...request, timeout: ANSWER_TIMEOUT }), port);
    },
  };
}

/** What its command line says, which is where it listens. */
function viewPortOf(spec: Raw): number {
  const words = listOf(spec['containers'])
    .map(fieldsOf)
    .flatMap((container) => [...listOf(container['command']), ...listOf(container['args'])])
    .map(textOf);
  const said = words.flatMap((word, index) => {
    const match = /^--?view-port(?:=(.*))?$/.exec(word);
    return match === null ? [] : [Number(match[1] ?? words[index + 1])];
  });
  const last = said.at(-1);
  return last !== undefined && Number.isInteger(last) ? last : VIEW_PORT;
}

/** As a client of the port itself. */
const directly =
  ({ clock, version }: Pick<CliContext, 'clock' | 'version'>, { path, query }: Question) =>
  (url: string): Speaker => ({
    node: url,
    pod: null,
    ask: async () => {
      const target = openTarget(url);
      const client = new KubeClient({
        target,
        clock,
        userAgent: `berth/${version} (cli)`,
      });
      const request = { method: 'GET', path: withQuery(path, query), timeout: ANSWER_TIMEOUT } as const;
      const outcome = await client.send(request);
      client.close();
      return answerOf(outcome, Number(target.server.port || 80));
    },
  });

function answerOf(outcome: ApiOutcome, port: number): Asked['answer'] {
  if (outcome.kind === 'ok') return ok(fieldsOf(outcome.body));
  const text = describeOutcome(outcome);
  if (/connection refused|ECONNREFUSED/.test(text))
    return err(
      `nobody listens on its port ${port}: it runs with another --view-port, or it is no speaker of Berth's`,
    );
  if (outcome.kind === 'refused' && outcome.status === 403)
    return err(`it takes the right to get pods/proxy in its namespace: ${text}`);
  if (/nothing within \d+ ms/.test(text)) return err(`no answer within ${ANSWER_TIMEOUT / 1000} s`);
  return err(text);
}

async function askAll(
  context: { readonly stderr: CliContext['stderr']; readonly clock: Clock },
  speakers: readonly Speaker[],
): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const waiting = speakers.entries();
  const work = async (): Promise<void> => {
    for (const [index, { node, pod, ask }] of waiting) asked[index] = { node, pod, answer: await ask() };
  };
  const end = showProgress(
    context,
    () => `${asked.filter(Boolean).length} of ${speakers.length} speakers have answered`,
  );
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, speakers.length) }, work));
  end();
  // A speaker that was asked at its address says where it is.
  return asked.map((one) =>
    one.answer.ok ? { ...one, node: textOf(one.answer.value['node']) || one.node } : one,
  );
}

/** What is wrong with the flags. */
export function wrongSpeakers({ speaker, node }: BgpFlags): readonly string[] {
  const wrong = speaker.filter((url) => !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''));
  return [
    ...wrong.map(
      (url) => `--speaker: ${JSON.stringify(url)} is no URL such as http://10.0.0.11:${VIEW_PORT}`,
    ),
    ...(speaker.length > 0 && node.length > 0
      ? ['--node picks speakers of a cluster: leave it out beside --speaker']
      : []),
  ];
}

/** For programs: every speaker with what it said, or why it did not. */
export const askedValue = (asked: readonly Asked[]) =>
  asked.map(({ node, pod, answer }) => ({
    ...{ node, pod },
    ...(answer.ok ? { error: null, ...answer.value } : { error: answer.error }),
  }));
