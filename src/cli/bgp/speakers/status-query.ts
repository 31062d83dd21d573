/**
 * The speakers of a cluster, each asked for a document of its view port through the API server's way to Pods. One that
 * does not answer is a sentence in its place.
 */

import type { Clock, Millis } from '../../../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../../base/json.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { compareText } from '../../../base/text.ts';
import { anonymousConfig } from '../../../kube/auth/rest-config.ts';
import { type ApiOutcome, type ApiSender, describeOutcome } from '../../../kube/http/api-request.ts';
import { KubeClient } from '../../../kube/http/client.ts';
import { listAll } from '../../../kube/informer/list.ts';
import { collectionPath, PODS, withQuery } from '../../../kube/resource.ts';
import { nameOf, specOf } from '../../../objects/metadata.ts';
import { decodePod } from '../../../objects/pod.ts';
import { DEFAULT_VIEW_PORT } from '../../../speaker/flags.ts';
import { withConnection } from '../../cluster/connection.ts';
import type { CliContext } from '../../framework/context.ts';
import { showProgress } from '../../framework/progress.ts';
import type { BgpFlags } from '../command.ts';

/** For one speaker: it answers in milliseconds, or not at all. */
export const RESPONSE_TIMEOUT: Millis = 5_000;

/** How many are asked at a time. */
export const CONCURRENCY_MAX = 16;

/** Labels of Berth's own manifests, and of those that were MetalLB's. */
const SELECTORS = ['app.kubernetes.io/component=speaker', 'component=speaker'] as const;

/** `path` of the view port, with a query by name. */
export type StatusRequest = {
  readonly path: string;
  readonly query: Readonly<Record<string, string | null>>;
};

export type SpeakerResponse = {
  /** The node, or the address that was asked. */
  readonly node: string;
  readonly pod: string | null;
  /** A document, or a sentence. */
  readonly document: Result<Raw, string>;
};

type SpeakerTarget = {
  readonly node: string;
  readonly pod: string | null;
  query(): Promise<SpeakerResponse['document']>;
};

export type SpeakerResponses = {
  readonly responses: readonly SpeakerResponse[];
  /** The namespace of the context; null where it names none, or there is no cluster. */
  readonly namespace: string | null;
};

/** In the order of nodes. The error is a sentence: nobody could be asked. */
export async function querySpeakers(
  context: CliContext,
  flags: BgpFlags,
  requestFor: (namespace: string | null) => StatusRequest,
): Promise<Result<SpeakerResponses, string>> {
  if (flags.speaker.length > 0) {
    const responses = await queryAll(context, flags.speaker.map(urlTarget(context, requestFor(null))));
    return ok({ responses, namespace: null });
  }
  return withConnection(context, flags, async ({ sender, namespace }) => {
    const found = await findSpeakers(sender, flags, requestFor(namespace));
    return found.ok ? ok({ responses: await queryAll(context, found.value), namespace }) : found;
  });
}

async function findSpeakers(
  sender: ApiSender,
  { 'speaker-namespace': namespace, node: nodes }: BgpFlags,
  request: StatusRequest,
): Promise<Result<readonly SpeakerTarget[], string>> {
  const pods = new Map<string, Raw>();
  for (const labelSelector of SELECTORS) {
    const listed = await listAll(sender, { resource: PODS, namespace, labelSelector, from: 'consistent' });
    if (listed.kind !== 'ok')
      return err(`the Pods of ${namespace} cannot be listed: ${describeOutcome(listed)}`);
    for (const pod of listed.items) pods.set(nameOf(pod), pod);
  }
  if (pods.size === 0)
    return err(
      `there is no speaker in the namespace ${namespace}: say where they run with --speaker-namespace`,
    );
  const all = [...pods.values()].map((pod) => podTarget(sender, namespace, pod, request));
  const selected = nodes.length === 0 ? all : all.filter(({ node }) => nodes.includes(node));
  const missing = nodes.filter((name) => !all.some(({ node }) => node === name));
  if (missing.length > 0) return err(`no speaker runs on ${missing.join(', ')}`);
  return ok(selected.sort((a, b) => compareText(a.node, b.node)));
}

function podTarget(
  sender: ApiSender,
  namespace: string,
  pod: Raw,
  { path, query }: StatusRequest,
): SpeakerTarget {
  const { name, node, phase } = decodePod(pod);
  const port = viewPortOf(specOf(pod));
  const proxy = `${collectionPath(PODS, namespace)}/http:${encodeURIComponent(name)}:${port}/proxy`;
  return {
    node: node || '(no node)',
    pod: name,
    query: async () => {
      if (phase !== 'Running') return err(`its Pod ${name} is ${phase || 'not there yet'}`);
      if (port === 0) return err('it has no view port: --view-port is 0');
      const request = { method: 'GET', path: withQuery(`${proxy}${path}`, query) } as const;
      return documentOf(await sender.send({ ...request, timeout: RESPONSE_TIMEOUT }), port);
    },
  };
}

/** What its command line says, which is where it listens. */
function viewPortOf(spec: Raw): number {
  const commandLine = listOf(spec['containers'])
    .map(fieldsOf)
    .flatMap((container) => [...listOf(container['command']), ...listOf(container['args'])])
    .map(textOf);
  const ports = commandLine.flatMap((word, index) => {
    const match = /^--?view-port(?:=(.*))?$/.exec(word);
    return match === null ? [] : [Number(match[1] ?? commandLine[index + 1])];
  });
  const last = ports.at(-1);
  return last !== undefined && Number.isInteger(last) ? last : DEFAULT_VIEW_PORT;
}

/** As a client of the port itself. */
const urlTarget =
  ({ clock, version }: Pick<CliContext, 'clock' | 'version'>, { path, query }: StatusRequest) =>
  (url: string): SpeakerTarget => ({
    node: url,
    pod: null,
    query: async () => {
      const config = anonymousConfig(url);
      const client = new KubeClient({
        config,
        clock,
        userAgent: `berth/${version} (cli)`,
      });
      const request = { method: 'GET', path: withQuery(path, query), timeout: RESPONSE_TIMEOUT } as const;
      const outcome = await client.send(request);
      client.close();
      return documentOf(outcome, Number(config.server.port || 80));
    },
  });

function documentOf(outcome: ApiOutcome, port: number): SpeakerResponse['document'] {
  if (outcome.kind === 'ok') return ok(fieldsOf(outcome.body));
  const text = describeOutcome(outcome);
  if (/connection refused|ECONNREFUSED/.test(text))
    return err(
      `nobody listens on its port ${port}: it runs with another --view-port, or it is no speaker of Berth's`,
    );
  if (outcome.kind === 'refused' && outcome.status === 403)
    return err(`it takes the right to get pods/proxy in its namespace: ${text}`);
  if (/no response within \d+ ms/.test(text)) return err(`no answer within ${RESPONSE_TIMEOUT / 1000} s`);
  return err(text);
}

async function queryAll(
  context: { readonly stderr: CliContext['stderr']; readonly clock: Clock },
  speakers: readonly SpeakerTarget[],
): Promise<readonly SpeakerResponse[]> {
  const responses: SpeakerResponse[] = [];
  const queue = speakers.entries();
  const worker = async (): Promise<void> => {
    for (const [index, { node, pod, query }] of queue)
      responses[index] = { node, pod, document: await query() };
  };
  const stopProgress = showProgress(
    context,
    () => `${responses.filter(Boolean).length} of ${speakers.length} speakers have answered`,
  );
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY_MAX, speakers.length) }, worker));
  stopProgress();
  // A speaker that was asked at its address says where it is.
  return responses.map((one) =>
    one.document.ok ? { ...one, node: textOf(one.document.value['node']) || one.node } : one,
  );
}

/** What is wrong with the flags. */
export function speakerFlagErrors({ speaker, node }: BgpFlags): readonly string[] {
  const invalidUrls = speaker.filter(
    (url) => !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''),
  );
  return [
    ...invalidUrls.map(
      (url) => `--speaker: ${JSON.stringify(url)} is no URL such as http://10.0.0.11:${DEFAULT_VIEW_PORT}`,
    ),
    ...(speaker.length > 0 && node.length > 0
      ? ['--node picks speakers of a cluster: leave it out beside --speaker']
      : []),
  ];
}

/** For programs: every speaker with what it said, or why it did not. */
export const speakersJson = (responses: readonly SpeakerResponse[]) =>
  responses.map(({ node, pod, document }) => ({
    ...{ node, pod },
    ...(document.ok ? { error: null, ...document.value } : { error: document.error }),
  }));
