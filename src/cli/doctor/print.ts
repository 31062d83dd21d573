/** An examination for people: what is wrong, what the routers learn, what they need. */
import { plural, wrap } from '../../base/text.ts';
import { CODES } from '../../calico/findings/codes.ts';
import type { Finding, Severity, Unknown } from '../../calico/findings/finding.ts';
import type { World } from '../../calico/findings/world.ts';
import type { LiveComparison } from '../../calico/livediff.ts';
import { checklistFor, type RouteReport, type RouterReport } from '../../calico/report.ts';
import { COLUMNS_MAX } from '../command.ts';
import type { Paint, Style } from '../paint.ts';
import { asLines } from './edits.ts';

export type Examination = {
  readonly describe: string;
  readonly findings: readonly Finding[];
  readonly unknown: readonly Unknown[];
  readonly unread: readonly string[];
  readonly world: World;
  readonly routers: readonly RouterReport[];
  readonly live: LiveComparison | null;
};

const WORDS: Readonly<Record<Severity, readonly [word: string, style: Style]>> = {
  error: ['ERROR', 'red'],
  warning: ['WARNING', 'yellow'],
  hint: ['HINT', 'dim'],
};

/** Routes that are listed one by one; all of them are in -o json. */
const ROUTES_MAX = 40;
/** Commands of one fix that are printed; all of them are in -o json. */
const EDITS_MAX = 4;

export function printExamination(examination: Examination, program: string, paint: Paint): string {
  const { findings, unknown, unread, routers, live } = examination;
  const sections = [
    headline(examination, paint),
    ...findings.map((one) => finding(one, paint)),
    ...routers.map((one) => routes(one, program, paint)),
    ...(live === null ? [] : [comparison(live, paint)]),
    ...(unread.length === 0 ? [] : [list('Not read', unread, paint)]),
    ...(unknown.length === 0 ? [] : [list('Cannot know', openQuestions(unknown), paint)]),
    ...routers.map((one) => list(`Checklist for the router ${one.address}`, checklistFor(one), paint)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function headline({ describe, findings, world, routers }: Examination, paint: Paint): string {
  const { cluster } = world.picture;
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const verdict =
    errors > 0
      ? paint('red', `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`)
      : warnings > 0
        ? paint('yellow', plural(warnings, 'warning'))
        : paint('green', 'nothing is wrong');
  const version =
    cluster.version === null ? 'Calico of unknown version' : `Calico v${cluster.version.join('.')}`;
  const facts = [
    version,
    plural(cluster.nodes.length, 'node'),
    `mesh ${cluster.configuration.mesh ? 'on' : 'off'}`,
    plural(routers.length, 'router'),
    plural(world.held.length, 'address', 'addresses'),
  ];
  return [paint('bold', describe), ...folded(facts.join(', '), 2), `  ${verdict}`].join('\n');
}

const folded = (text: string, indent: number): readonly string[] =>
  wrap(text, COLUMNS_MAX - indent).map((line) => `${' '.repeat(indent)}${line}`);

function finding({ code, severity, object, field, says, todo, fix }: Finding, paint: Paint): string {
  const [word, style] = WORDS[severity];
  const { kind, namespace, name } = object;
  const where = `${kind} ${namespace === '' ? name : `${namespace}/${name}`}${field === '' ? '' : ` ${field}`}`;
  const shown = fix.slice(0, EDITS_MAX);
  const commands = shown.flatMap(asLines).map((line) => `    ${paint('dim', line)}`);
  const more = fix.length - shown.length;
  return [
    `${paint(style, word)} ${paint('bold', code)} ${CODES[code]}: ${where}`,
    ...folded(says, 2),
    ...folded(todo, 2),
    ...commands,
    ...(more > 0 ? [`    and ${plural(more, 'more command')}: -o yaml lists them`] : []),
  ].join('\n');
}

function routes({ address, as, routes: all, sessions }: RouterReport, program: string, paint: Paint): string {
  const up = sessions.filter(({ trouble }) => trouble === '').length;
  const title = paint('bold', `Router ${address}, AS ${as}`);
  const state = `${up} of ${plural(sessions.length, 'session')} ${up === 1 ? 'comes' : 'come'} up`;
  const down = sessions
    .filter(({ trouble }) => trouble !== '')
    .map(({ node, trouble }) => `  ${node}: down, ${trouble}`);
  if (all.length === 0) return [`${title} (${state}): learns nothing`, ...down].join('\n');
  const rows = all.slice(0, ROUTES_MAX).map(rowOf);
  const head = ['PREFIX', 'FROM', 'AS PATH', 'COMMUNITIES', 'NEEDED BY'];
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')}`
      .slice(0, COLUMNS_MAX)
      .trimEnd();
  const more = all.length - rows.length;
  return [
    `${title} (${state}) learns`,
    ...down,
    line(head),
    ...rows.map(line),
    ...(more > 0 ? [`  and ${plural(more, 'more route')}: ${program} doctor -o yaml lists them`] : []),
  ].join('\n');
}

/** What a column may hold before it is cut. */
const CELL_MAX = 28;

const cell = (items: readonly string[]): string => {
  const text = items.join(' ');
  if (text.length <= CELL_MAX) return text === '' ? '-' : text;
  const shown: string[] = [];
  for (const item of items) {
    if ([...shown, item].join(' ').length > CELL_MAX - 4) break;
    shown.push(item);
  }
  return `${shown.join(' ')} +${items.length - shown.length}`;
};

const rowOf = ({ prefix, nextHops, asPath, communities, services }: RouteReport): readonly string[] => [
  prefix,
  cell(nextHops.map(({ node }) => node)),
  cell(asPath.map(String)),
  cell(communities),
  cell(services),
];

function comparison({ reporting, silent, differences }: LiveComparison, paint: Paint): string {
  const who = `${plural(reporting.length, 'node')} ${reporting.length === 1 ? 'reports' : 'report'} in CalicoNodeStatus, ${silent.length} ${silent.length === 1 ? 'does' : 'do'} not`;
  const items =
    differences.length === 0 && reporting.length > 0
      ? ['what they report is what was expected']
      : differences;
  return list(`Compared with the nodes: ${who}`, items, paint);
}

/** By what is missing: `no Node in the input: P4 local-leak, P12 node-without-router`. */
function openQuestions(unknown: readonly Unknown[]): readonly string[] {
  const byNeeds = new Map<string, string[]>();
  for (const { code, needs } of unknown) {
    const missing = `no ${needs.join(', no ')} in the input`;
    byNeeds.set(missing, [...(byNeeds.get(missing) ?? []), `${code} ${CODES[code]}`]);
  }
  return [...byNeeds].map(([missing, codes]) => `${missing}: ${codes.join(', ')}`);
}

const list = (title: string, items: readonly string[], paint: Paint): string =>
  [
    paint('bold', title),
    ...items.flatMap((item) =>
      wrap(item, COLUMNS_MAX - 4).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`),
    ),
  ].join('\n');
