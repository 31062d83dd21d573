import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { PlanAnswer } from '../../src/overview/answers.ts';
import { applyCommand, planCommand } from '../../src/overview/command-start.ts';
import type { OverviewDocument, PoolOverview, ServiceOverview } from '../../src/overview/document.ts';
import { type Asked, ask } from '../ask.ts';
import { CommandButton } from '../parts/command.tsx';
import { Mark } from '../parts/marks.tsx';
import { Refusal, Report } from '../parts/report.tsx';
import { SuggestingField, type Suggestion } from '../parts/suggesting-field.tsx';
import { route, setQuery } from '../route.ts';
import type { Tone } from '../tone.ts';

/** They stay while another page is shown. */
const edit$ = signal('');
const deletions$ = signal('');
const loaded$ = signal({ from: '', errors: [] as readonly string[] });
const asked$ = signal<Asked<PlanAnswer> | null>(null);

export function Plan({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { from = '' } = route.value.query;
  useEffect(() => {
    if (from !== '' && loaded$.value.from !== from) void load(from);
  }, [from]);
  return (
    <>
      <h1>Plan</h1>
      <p class="about">
        What an edit would do to addresses, routes, sessions and owners. It is computed on a copy by the code
        of the controller: nothing is applied.
      </p>
      <div class="plan">
        <Editor document={document} from={from} />
        <section class="card" aria-label="What the edit would do" aria-live="polite">
          <Result asked={asked$.value} />
        </section>
      </div>
    </>
  );
}

function Editor({
  document,
  from,
}: {
  readonly document: OverviewDocument;
  readonly from: string;
}): JSX.Element {
  const { pools, services } = document;
  const items = services?.items;
  const suggestions = useMemo(() => suggestionsOf(pools ?? [], items ?? []), [pools, items]);
  return (
    <section class="card">
      <SuggestingField
        {...{ label: 'Begin with', class: 'row', id: 'objects', type: 'text', value: from }}
        placeholder="ipaddresspool/everyday, service/shop/web"
        suggestions={suggestions}
        onChoose={(name) => setQuery({ from: name }, 'push')}
      />
      {loaded$.value.errors.length > 0 && <Refusal errors={loaded$.value.errors} />}
      <textarea
        class="mono"
        aria-label="The edit, as YAML"
        spellcheck={false}
        rows={22}
        placeholder="Paste YAML of any number of objects, or begin with an object of the cluster"
        value={edit$.value}
        onInput={(event) => {
          edit$.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void plan();
        }}
      />
      <label class="row">
        Delete
        <input
          value={deletions$.value}
          placeholder="ipaddresspool/old bgppeer.metallb.io/tor"
          onInput={(event) => {
            deletions$.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="row">
        <button type="button" class="primary" onClick={() => void plan()}>
          Plan
        </button>
        <small>Ctrl+Enter</small>
        <span class="space" />
        <CommandButton
          make={(start) => planCommand(edit$.value, deletionList(), start)}
          says="Copy berth plan"
        />
        <CommandButton make={(start) => applyCommand(edit$.value, start)} says="Copy kubectl apply" />
      </p>
    </section>
  );
}

const VERDICTS: Readonly<Record<PlanAnswer['verdict'], readonly [Tone, string]>> = {
  unchanged: ['good', 'Nothing that is in use would change'],
  changes: ['bad', 'Something that is in use would change'],
  partial: ['warning', 'Not everything could be checked'],
};

function Result({ asked }: { readonly asked: Asked<PlanAnswer> | null }): JSX.Element {
  if (asked === null)
    return (
      <p class="muted">
        Here it says which Services would move, wait, gain or lose an address or a route, in the words of
        berth plan.
      </p>
    );
  if (asked.kind === 'asking') return <p class="waiting">Reading the cluster, and planning …</p>;
  if (asked.kind === 'refused') return <Refusal errors={asked.errors} />;
  const [tone, says] = VERDICTS[asked.answer.verdict];
  return (
    <>
      <h2>
        <Mark tone={tone}>{says}</Mark>
      </h2>
      <Report sections={asked.answer.sections} />
    </>
  );
}

const suggestionsOf = (
  pools: readonly PoolOverview[],
  services: readonly ServiceOverview[],
): readonly Suggestion[] =>
  [
    ...pools.map(({ name }) => `ipaddresspool/${name}`),
    ...services.map(({ service }) => `service/${service}`),
  ].map((name) => ({ name, about: '' }));

const deletionList = (): readonly string[] => deletions$.value.split(/[\s,]+/).filter(Boolean);

async function load(from: string): Promise<void> {
  loaded$.value = { from, errors: [] };
  const asked = await ask('/api/object', { object: from });
  if (asked.kind === 'refused') loaded$.value = { from, errors: asked.errors };
  if (asked.kind !== 'answered') return;
  edit$.value = asked.answer.yaml;
  asked$.value = null;
}

async function plan(): Promise<void> {
  asked$.value = { kind: 'asking' };
  asked$.value = await ask('/api/plan', { manifests: edit$.value, deletions: deletionList() });
}
