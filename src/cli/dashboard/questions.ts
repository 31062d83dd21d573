/**
 * What the pages ask about the cluster: why a Service has its address, what an edit would do, and the text of an object to begin an edit
 * with. The commands' own code answers, from the same cluster, and nothing is written.
 */
import { fieldsOf, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Question } from '../../http-server/questions.ts';
import { parseManifests } from '../../manifests/parse-manifests.ts';
import { splitServiceKey } from '../../objects/service.ts';
import { styledSections } from '../../observe/styled-output.ts';
import { SILENT_TERMINAL } from '../../observe/terminal.ts';
import type { ExplainAnswer, ObjectAnswer, PlanAnswer } from '../../overview/answers.ts';
import type { OpenedSource } from '../cluster/open-source.ts';
import { describeRef, parseRef } from '../cluster/resource-ref.ts';
import { type ExplainOptions, explainTopic } from '../explain/explain-topic.ts';
import type { CliContext } from '../framework/context.ts';
import { checkManifests } from '../framework/files.ts';
import { formatYaml } from '../framework/output.ts';
import { planResultLines, planVerdict } from '../plan/plan-output.ts';
import { type PlanOptions, planManifests } from '../plan/plan-result.ts';
import { writtenObject } from './written-object.ts';

export type AskedCluster = {
  /** Opens it for one answer. */
  readonly open: () => OpenedSource;
  readonly options: ExplainOptions & PlanOptions;
  readonly clock: CliContext['clock'];
};

type Answer<T> = Promise<Result<T, readonly string[]>>;

/** Objects that one edit may delete. */
export const DELETIONS_MAX = 100;

/** By the path of their URL. */
export const questionsAbout = (cluster: AskedCluster): ReadonlyMap<string, Question> =>
  new Map<string, Question>([
    ['/api/explain', (body) => explain(body, cluster)],
    ['/api/plan', (body) => plan(body, cluster)],
    ['/api/object', (body) => showObject(body, cluster)],
  ]);

async function explain(body: unknown, { open, options, clock }: AskedCluster): Answer<ExplainAnswer> {
  const service = fieldsOf(body)['service'];
  if (typeof service !== 'string' || !/^[^/]+\/[^/]+$/.test(service))
    return err(['service should be NAMESPACE/NAME']);
  const topic = { kind: 'service', ...splitServiceKey(service) } as const;
  const explained = await explainTopic(topic, open(), options, { clock, stderr: SILENT_TERMINAL });
  if (!explained.ok) return explained;
  const { lines, ways, unread } = explained.value;
  return ok({ sections: styledSections(lines), ways, unread });
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
