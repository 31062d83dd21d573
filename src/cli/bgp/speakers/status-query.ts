/**
 * Queries the status port of each speaker of a cluster, through the API server's proxy to Pods. For a speaker that does not
 * answer the result holds a sentence that says why.
 */

import type { Clock, Millis } from '../../../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../../base/json.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { abbreviateNames, compareText, didYouMean } from '../../../base/text.ts';
import { anonymousConfig } from '../../../kube/auth/rest-config.ts';
import { type ApiOutcome, type ApiSender, describeOutcome } from '../../../kube/http/api-request.ts';
import { KubeClient } from '../../../kube/http/client.ts';
import { listAll } from '../../../kube/informer/list.ts';
import { collectionPath, PODS, withQuery } from '../../../kube/resource.ts';
import { labelsOf, metadataOf } from '../../../objects/metadata.ts';
import type { Labels } from '../../../objects/selector.ts';
import { DEFAULT_VIEW_PORT } from '../../../speaker/flags.ts';
import type { ClusterReading } from '../../cluster/cluster-reading.ts';
import { describeFailure, type ReadFailure } from '../../cluster/collection-reader.ts';
import { withConnection } from '../../cluster/connection.ts';
import type { CliContext } from '../../framework/context.ts';
import { showProgress } from '../../framework/progress.ts';
import type { SpeakerQueryFlags } from './flags.ts';

/** Of one speaker, which answers in milliseconds or not at all. */
export const RESPONSE_TIMEOUT: Millis = 5_000;

/** Speakers that are queried at a time. */
export const CONCURRENCY_MAX = 16;

/** Labels of speakers in Berth's manifests, and in MetalLB's. */
const COMPONENT_LABELS = ['app.kubernetes.io/component', 'component'] as const;
const COMPONENT = 'speaker';
const SELECTORS = COMPONENT_LABELS.map((label) => `${label}=${COMPONENT}`);
const isSpeakerPod = (labels: Labels): boolean => COMPONENT_LABELS.some((one) => labels[one] === COMPONENT);

/** A path of the status port, and its query parameters. */
export type StatusRequest = {
  readonly path: string;
  readonly query: Readonly<Record<string, string | null>>;
};

export type SpeakerResponse = {
  /** The node, or the URL that was queried. */
  readonly node: string;
  readonly pod: string | null;
  /** The document, or a sentence that says why there is none. */
  readonly document: Result<Raw, string>;
};

type SpeakerTarget = {
  readonly node: string;
  readonly pod: string | null;
  query(): Promise<SpeakerResponse['document']>;
};

export type SpeakerResponses = {
  readonly responses: readonly SpeakerResponse[];
  /** The namespace of the context; null if it names none, or without a cluster. */
  readonly namespace: string | null;
};

/** By node name. The error is a sentence: no speaker could be queried. */
export async function querySpeakers(
  context: CliContext,
  flags: SpeakerQueryFlags,
  requestFor: (namespace: string | null) => StatusRequest,
): Promise<Result<SpeakerResponses, string>> {
  if (flags.speaker.length > 0) {
    const responses = await queryAll(context, flags.speaker.map(urlTarget(context, requestFor(null))));
    return ok({ responses, namespace: null });
  }
  return withConnection(context, flags, async ({ sender, namespace, endProgress }) => {
    const found = await findSpeakers(sender, flags, requestFor(namespace));
    endProgress();
    if (found.ok && found.value.length === 0)
      return err(await noSpeakerText(sender, flags['speaker-namespace']));
    return found.ok ? ok({ responses: await queryAll(context, found.value), namespace }) : found;
  });
}

/** Names another namespace that has speakers, as far as the user may list the Pods of all. */
async function noSpeakerText(sender: ApiSender, namespace: string): Promise<string> {
  const namespaces = new Set<string>();
  for (const labelSelector of SELECTORS) {
    const listed = await listAll(sender, { resource: PODS, labelSelector, from: 'consistent' });
    for (const pod of listed.kind === 'ok' ? listed.items : [])
      namespaces.add(textOf(metadataOf(pod)['namespace']));
  }
  const [other] = [...namespaces].sort();
  return other === undefined
    ? `there is no speaker in the namespace ${namespace}: set the namespace of the speakers with --speaker-namespace`
    : `there is no speaker in the namespace ${namespace}; there are some in ${other}: add --speaker-namespace ${other}`;
}

/** All speakers of a namespace, by node name; none if no speaker runs there. The error: that is not known. */
export async function queryAllSpeakers(
  context: Pick<CliContext, 'stderr' | 'clock'>,
  reading: ClusterReading,
  request: StatusRequest,
): Promise<Result<readonly SpeakerResponse[], string>> {
  const { sender, namespace } = reading;
  const listed = await reading.list({ resource: PODS, namespace });
  if (listed.kind !== 'ok') return err(podsUnread(namespace, listed));
  const pods = listed.items.filter((pod) => isSpeakerPod(labelsOf(pod)));
  const targets = pods.map((pod) => podTarget(sender, namespace, pod, request)).sort(byNode);
  return ok(await queryAll(context, targets));
}

const byNode = (a: SpeakerTarget, b: SpeakerTarget): number => compareText(a.node, b.node);

const podsUnread = (namespace: string, failure: ReadFailure): string =>
  `the Pods of ${namespace} cannot be listed: ${describeFailure(failure)}`;

async function findSpeakers(
  sender: ApiSender,
  { 'speaker-namespace': namespace, node: nodes }: Pick<SpeakerQueryFlags, 'speaker-namespace' | 'node'>,
  request: StatusRequest,
): Promise<Result<readonly SpeakerTarget[], string>> {
  const pods = new Map<string, Raw>();
  for (const labelSelector of SELECTORS) {
    const listed = await listAll(sender, { resource: PODS, namespace, labelSelector, from: 'consistent' });
    if (listed.kind !== 'ok') return err(podsUnread(namespace, listed));
    for (const pod of listed.items) pods.set(textOf(metadataOf(pod)['name']), pod);
  }
  if (pods.size === 0) return ok([]);
  const all = [...pods.values()].map((pod) => podTarget(sender, namespace, pod, request));
  const selected = nodes.length === 0 ? all : all.filter(({ node }) => nodes.includes(node));
  const missing = nodes.filter((name) => !all.some(({ node }) => node === name));
  if (missing.length > 0) {
    const nodesWithSpeaker = all.map(({ node }) => node);
    const hints = missing.flatMap((name) => didYouMean(name, nodesWithSpeaker) ?? []);
    const help = hints.length > 0 ? hints.join(' ') : `speakers run on ${abbreviateNames(nodesWithSpeaker)}`;
    return err(`no speaker runs on ${missing.join(', ')}: ${help}`);
  }
  return ok(selected.sort(byNode));
}

function podTarget(
  sender: ApiSender,
  namespace: string,
  pod: Raw,
  { path, query }: StatusRequest,
): SpeakerTarget {
  const name = textOf(metadataOf(pod)['name']);
  const spec = fieldsOf(pod['spec']);
  const phase = textOf(fieldsOf(pod['status'])['phase']);
  const port = viewPortOf(spec);
  const proxy = `${collectionPath(PODS, namespace)}/http:${encodeURIComponent(name)}:${port}/proxy`;
  return {
    node: textOf(spec['nodeName']) || '(no node)',
    pod: name,
    query: async () => {
      if (phase !== 'Running') return err(`its Pod ${name} is ${phase || 'not started yet'}`);
      if (port === 0) return err('its status port is off (--view-port 0)');
      const request = { method: 'GET', path: withQuery(`${proxy}${path}`, query) } as const;
      return documentOf(await sender.send({ ...request, timeout: RESPONSE_TIMEOUT }), port);
    },
  };
}

/** `--view-port` of its command line, or the default. */
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

/** Queries the port directly. */
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

/** Every one names its node. What another program answers must not pass for a speaker without sessions or routes. */
const isStatusDocument = (document: Raw): boolean => textOf(document['node']) !== '';

function documentOf(outcome: ApiOutcome, port: number): SpeakerResponse['document'] {
  if (outcome.kind === 'ok') {
    const document = fieldsOf(outcome.body);
    return isStatusDocument(document)
      ? ok(document)
      : err(`what answers at port ${port} is not the status API of a speaker`);
  }
  const text = describeOutcome(outcome);
  if (/connection refused|refuses the connection/.test(text))
    return err(
      `its port ${port} refuses the connection: it runs with another --view-port, or is not a speaker of Berth`,
    );
  if (outcome.kind === 'refused' && outcome.status === 403)
    return err(`you may not get pods/proxy in its namespace: ${text}`);
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
  // The document of a speaker that was queried by URL names its node.
  return responses.map((one) =>
    one.document.ok ? { ...one, node: textOf(one.document.value['node']) || one.node } : one,
  );
}
