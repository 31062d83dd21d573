/** The frame of every page: navigation, what interrupts, and the page that the URL names. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { OverviewDocument } from '../src/overview/document.ts';
import { Findings } from './pages/findings.tsx';
import { Network } from './pages/network.tsx';
import { Overview } from './pages/overview.tsx';
import { Plan } from './pages/plan.tsx';
import { Pools } from './pages/pools.tsx';
import { Services } from './pages/services.tsx';
import { Timeline } from './pages/timeline.tsx';
import { hrefOf, PAGES, type PageName, route } from './route.ts';
import { document$, interruption$, lost$, origin$, stream$ } from './state.ts';

type Page = (props: { readonly document: OverviewDocument }) => JSX.Element;

const pages: Readonly<Record<PageName, { readonly title: string; readonly Page: Page }>> = {
  overview: { title: 'Overview', Page: Overview },
  services: { title: 'Services', Page: Services },
  pools: { title: 'Pools', Page: Pools },
  network: { title: 'Network', Page: Network },
  plan: { title: 'Plan', Page: Plan },
  findings: { title: 'Findings', Page: Findings },
  timeline: { title: 'Timeline', Page: Timeline },
};

export function App(): JSX.Element {
  useEffect(() => {
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const { page } = route.value;
  const known = document$.value;
  const { title, Page } = pages[page];
  useEffect(() => {
    document.title = `${title} · Berth`;
  }, [title]);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        Skip to the content
      </button>
      <header class="bar">
        <span class="brand">
          <img src="/icon.svg" alt="" width="22" height="22" /> Berth
        </span>
        <nav aria-label="Pages">
          {PAGES.map((name, index) => (
            <a
              key={name}
              href={hrefOf(name)}
              aria-current={name === page ? 'page' : undefined}
              title={`Key ${index + 1}`}
            >
              {pages[name].title}
              {name === 'findings' && known !== null && <Count document={known} />}
            </a>
          ))}
        </nav>
        <Source document={known} />
      </header>
      <div role="status" aria-live="polite">
        {interruption$.value !== null && known !== null && <p class="interruption">{interruption$.value}.</p>}
      </div>
      <main id="content" tabIndex={-1}>
        {known === null ? <Waiting /> : <Page document={known} />}
      </main>
    </>
  );
}

function Count({ document }: { readonly document: OverviewDocument }): JSX.Element | null {
  const count = document.problems.filter(({ severity }) => severity !== 'hint').length;
  return count === 0 ? null : <span class="count">{count}</span>;
}

function Source({ document }: { readonly document: OverviewDocument | null }): JSX.Element {
  return (
    <span class="source">
      {document?.source}
      {document !== null && origin$.value === 'files' ? <OfFiles document={document} /> : <OfCluster />}
    </span>
  );
}

function OfCluster(): JSX.Element {
  const isLive = document$.value !== null && stream$.value.kind === 'open' && lost$.value === null;
  return <span class={isLive ? 'live' : 'stale'}>{isLive ? '● live' : '○ not live'}</span>;
}

/** Where no controller has decided about the files, what one would do is shown. */
function OfFiles({ document: { time, services } }: { readonly document: OverviewDocument }): JSX.Element {
  if (services?.from === 'dryRun') return <span>■ predicted from files</span>;
  return (
    <span>
      ■ files as of <time dateTime={time}>{time.slice(0, 16).replace('T', ' ')} UTC</time>
    </span>
  );
}

function Waiting(): JSX.Element {
  const stream = stream$.value;
  const lost = lost$.value;
  const reading = lost === null ? 'Reading the cluster' : `The cluster does not answer: ${lost}`;
  const says = stream.kind === 'open' ? reading : stream.says;
  return (
    <p class="waiting" role="status">
      {says} …
    </p>
  );
}

/** 1 to 7 choose a page, / goes to the filter. Not while somebody types. */
function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
  if (target instanceof HTMLTextAreaElement) return;
  const page = PAGES[Number(event.key) - 1];
  if (page !== undefined) location.hash = hrefOf(page);
  if (event.key === '/') {
    const filter = document.querySelector<HTMLInputElement>('input[type=search]');
    filter?.focus();
    if (filter !== null) event.preventDefault();
  }
}
