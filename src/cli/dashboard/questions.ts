/**
 * What the pages ask about the cluster: why a Service has its address, what an edit would do, and the text of an object to begin an edit
 * with. The commands' own code answers, from the same cluster, and nothing is written.
 */
import { fieldsOf, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Question, QuestionRoutes, QuickQuestion } from '../../http-server/questions.ts';
import { parseManifests } from '../../manifests/parse-manifests.ts';
import { type ServiceKey, splitServiceKey } from '../../objects/service.ts';
import { styledSections } from '../../observe/styled-output.ts';
import { SILENT_TERMINAL } from '../../observe/terminal.ts';
import type { ExplainAnswer, HeldExplanation, ObjectAnswer, PlanAnswer } from '../../overview/answers.ts';
import type { Overview } from '../../overview/overview.ts';
import type { OpenedSource } from '../cluster/open-source.ts';
import { describeRef, parseRef } from '../cluster/resource-ref.ts';
import { type ExplainOptions, explainTopic } from '../explain/explain-topic.ts';
import type { CliContext } from '../framework/context.ts';
import { checkManifests } from '../framework/files.ts';
import { formatYaml } from '../framework/output.ts';
import { planResultLines, planVerdict } from '../plan/plan-output.ts';
import { type PlanOptions, planManifests } from '../plan/plan-result.ts';
import { explainFromHeld } from './held-explanation.ts';
import { writtenObject } from './written-object.ts';

export type AskedCluster = {
  /** Opens it for one answer. */
  readonly open: () => OpenedSource;
  /** What watches hold of it; null for files, and until everything was read once. */
  readonly held: () => Overview | null;
  readonly options: ExplainOptions & PlanOptions;
  readonly clock: CliContext['clock'];
};

type Answer<T> = Promise<Result<T, readonly string[]>>;

/** Objects that one edit may delete. */
export const DELETIONS_MAX = 100;

/** By the path of their URL. */
export const questionsAbout = (
  cluster: AskedCluster,
): Pick<QuestionRoutes, 'questions' | 'quickQuestions'> => ({
  questions: new Map<string, Question>([
    ['/api/explain', (body) => explain(body, cluster)],
    ['/api/plan', (body) => plan(body, cluster)],
    ['/api/object', (body) => showObject(body, cluster)],
  ]),
  quickQuestions: new Map<string, QuickQuestion>([
    ['/api/allocation', (body) => explainAllocation(body, cluster)],
  ]),
});

/** The error is a sentence. */
function serviceIn(body: unknown): Result<ServiceKey, readonly string[]> {
  const service = fieldsOf(body)['service'];
  return typeof service === 'string' && /^[^/]+\/[^/]+$/.test(service)
    ? ok(service)
    : err(['service should be NAMESPACE/NAME']);
}

async function explain(body: unknown, { open, options, clock }: AskedCluster): Answer<ExplainAnswer> {
  const service = serviceIn(body);
  if (!service.ok) return service;
  const topic = { kind: 'service', ...splitServiceKey(service.value) } as const;
  const explained = await explainTopic(topic, open(), options, { clock, stderr: SILENT_TERMINAL });
  if (!explained.ok) return explained;
  const { lines, ways, unread } = explained.value;
  return ok({ sections: styledSections(lines), ways, unread });
}

function explainAllocation(
  body: unknown,
  { held, options }: AskedCluster,
): Result<HeldExplanation, readonly string[]> {
  const service = serviceIn(body);
  if (!service.ok) return service;
  const overview = held();
  const namespace = options['pool-namespace'];
  return ok({ sections: overview === null ? null : explainFromHeld(service.value, overview, namespace) });
}

async function plan(body: unknown, { open, options, clock }: AskedCluster): Answer<PlanAnswer> {
  const { manifests: text, deletions } = fieldsOf(body);
  if (typeof text !== 'string' || !isTexts(deletions))
    return err(['manifests should be a text, and deletions a list of KIND/NAME']);
  if (deletions.length > DELETIONS_MAX)
    return err([`there are ${deletions.length} deletions, and ${DELETIONS_MAX} at most are planned at once`]);
  const manifests = checkManifests(await parseManifests(text, EDIT_NAME));
  if (!manifests.ok) return manifests;
  if (manifests.value.length === 0 && deletions.length === 0)
    return err(['the edit is empty: it has no object, and deletes none']);
  const request = { manifests: manifests.value, deletions };
  const planned = await planManifests(request, open(), options, { clock, stderr: SILENT_TERMINAL });
  if (!planned.ok) return planned;
  return ok({
    verdict: planVerdict(planned.value),
    sections: styledSections((format) => planResultLines(planned.value, format)),
  });
}

/** The name of the edit in locations: `edit.yaml:3`. */
const EDIT_NAME = 'edit.yaml';

async function showObject(body: unknown, { open }: AskedCluster): Answer<ObjectAnswer> {
  const opened = open();
  const ref = parseRef(textOf(fieldsOf(body)['object']), opened.defaultNamespaces);
  if (!ref.ok) return err([ref.error]);
  const found = await opened.source.findObject(ref.value);
  if (!found.ok) return err([found.error]);
  if (found.value === null) return err([`there is no ${describeRef(ref.value)}`]);
  return ok({ yaml: `${formatYaml(writtenObject(ref.value, found.value)).join('\n')}\n` });
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
