/** The overview for people, on one screen: problems first, then a line for each part of the cluster. */

import { joinCauses } from '../../base/shared-causes.ts';
import type { TextStyle } from '../../base/styled-text.ts';
import { plural } from '../../base/text.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { berthCommand, type CommandStart } from '../../overview/command-start.ts';
import type { OverviewDocument } from '../../overview/document.ts';
import { isNothingRead } from '../../overview/knowledge.ts';
import { nameOfObject, type Problem } from '../../overview/problem.ts';
import { formatElapsed } from '../framework/elapsed.ts';
import { headedLines, joinSections, proseLines } from '../framework/lines.ts';
import { announcingTexts } from './announcing-text.ts';
import { notShownText, poolTexts } from './pools-text.ts';

/** Problems that are shown; `-o yaml` has all. */
export const PROBLEMS_MAX = 8;
/** Changes that are shown while nothing is wrong. */
const CHANGES_SHOWN = 3;
/** Sentences about what could not be read. */
const UNREAD_MAX = 6;

const SEVERITY: Readonly<Record<Problem['severity'], readonly [label: string, style: TextStyle]>> = {
  error: ['ERROR', 'red'],
  warning: ['WARNING', 'yellow'],
  hint: ['HINT', 'dim'],
};

/** How commands reach the cluster that is shown, and what of it: flags such as `-n shop`. */
export type StatusCommands = CommandStart & { readonly scope: readonly string[] };

export function statusLines(
  document: OverviewDocument,
  { commands, format }: { readonly commands: StatusCommands; readonly format: TextFormat },
): readonly string[] {
  const problems = document.problems.filter(({ severity }) => severity !== 'hint');
  const shown = problems.slice(0, PROBLEMS_MAX);
  const more = problems.length - shown.length;
  const hints = document.problems.length - problems.length;
  const all = berthCommand(['status', ...commands.scope, '-o yaml'].join(' '), commands);
  return joinSections([
    headline(document, format),
    ...shown.map((one) => problemLines(one, commands, format)),
    [
      ...(more > 0 ? proseLines(`and ${plural(more, 'more problem')}: ${all}`, format, { rest: 2 }) : []),
      ...(hints > 0
        ? proseLines(`${plural(hints, 'hint')}: ${all}`, format, { rest: 2 }).map((line) =>
            format.paint('dim', line),
          )
        : []),
    ],
    // Where nothing was read, each part would say that it is not known.
    isNothingRead(document.kinds) ? [] : partLines(document, format),
    unreadLines(document, format),
  ]);
}

function headline(document: OverviewDocument, format: TextFormat): readonly string[] {
  if (!isNothingRead(document.kinds)) return verdictLines(document, format);
  return headedLines(document.source, ': nothing could be read', format, {
    style: (head) => format.paint('bold', head),
  });
}

function verdictLines(
  { source, problems, partial, services }: OverviewDocument,
  format: TextFormat,
): readonly string[] {
  const count = (severity: Problem['severity']): number =>
    problems.filter((one) => one.severity === severity).length;
  const counts = (
    [
      [count('error'), 'error', 'red'],
      [count('warning'), 'warning', 'yellow'],
      [count('hint'), 'hint', 'dim'],
    ] as const
  ).filter(([number]) => number > 0);
  const verdict =
    counts.length > 0
      ? counts.map(([number, name, style]) => format.paint(style, plural(number, name))).join(', ')
      : format.paint(partial ? 'yellow' : 'green', 'no problem');
  const scope = partial
    ? ' in what could be read'
    : services?.from === 'dryRun'
      ? ' in what these files show, as the controller would make it'
      : '';
  const plain =
    counts.length > 0 ? counts.map(([number, name]) => plural(number, name)).join(', ') : 'no problem';
  return headedLines(`${source}: ${plain}`, scope, format, {
    rest: 2,
    style: () => `${format.paint('bold', source)}: ${verdict}`,
  });
}

function problemLines(
  { code, severity, object, says, fix, command }: Problem,
  commands: CommandStart,
  format: TextFormat,
) {
  const more = command === null ? null : berthCommand(command, commands);
  const [label, style] = SEVERITY[severity];
  const about = object === null ? '' : ` ${nameOfObject(object)}`;
  return [
    ...headedLines(`${label} ${code}`, about, format, {
      style: () => `${format.paint(style, label)} ${format.paint('bold', code)}`,
    }),
    ...proseLines(says, format, { first: 2 }),
    ...(fix === null ? [] : proseLines(fix, format, { first: 2, lead: 'fix:  ', rest: 8 })),
    ...(more === null
      ? []
      : proseLines(more, format, { first: 2, lead: 'more: ', rest: 8 }).map((line) =>
          format.paint('dim', line),
        )),
  ];
}

/** Columns before the text of a part. */
const PART_COLUMNS = 12;

function partLines(document: OverviewDocument, format: TextFormat): readonly string[] {
  const parts: readonly (readonly [name: string, texts: readonly string[]])[] = [
    ['controller', controllerTexts(document)],
    ['pools', poolTexts(document)],
    ['services', serviceTexts(document)],
    ['announcing', announcingTexts(document)],
    ['changes', changeTexts(document)],
  ];
  return parts.flatMap(([name, texts]) =>
    texts.flatMap((text, index) => {
      const [first = '', ...rest] = proseLines(text, format, {
        lead: (index === 0 ? name : '').padEnd(PART_COLUMNS),
        rest: PART_COLUMNS,
      });
      return [index === 0 ? first.replace(name, format.paint('bold', name)) : first, ...rest];
    }),
  );
}

function controllerTexts({ controller, time }: OverviewDocument): readonly string[] {
  const { state, leader, since, version, pods, says } = controller;
  const ready = pods === null ? null : pods.filter((one) => one.ready).length;
  const facts = [
    ...(state !== 'leading' || since === null ? [] : [`since ${formatElapsed(since, time)}`]),
    ...(leader === null ? [] : [version === null ? 'its version is not known' : `version ${version}`]),
    ...(pods === null || pods.length === 0 ? [] : [`${ready} of ${plural(pods.length, 'Pod')} ready`]),
  ];
  return [[says, ...facts].join(', ')];
}

/** Reasons that are named; of the others their number. */
const REASONS_MAX = 3;

function serviceTexts({ services, kinds }: OverviewDocument): readonly string[] {
  if (services === null)
    return [`not known: ${notShownText(kinds, 'Service') ?? 'Services could not be read'}`];
  const { total, withAddress, withoutAddress, others, namespace, reasons } = services;
  const where = namespace === null ? '' : ` in the namespace ${namespace}`;
  const elsewhere = others === 0 ? '' : `; ${others} of other controllers`;
  if (total === 0) return [`no Service of type LoadBalancer${where}${elsewhere}`];
  if (withoutAddress === 0)
    return [`${total === 1 ? 'the one Service has' : `all ${total} have`} an address${where}${elsewhere}`];
  const shown = reasons
    .slice(0, REASONS_MAX)
    .map(({ reason, count, example }) => `${count} ${reason} (${example})`);
  const more =
    reasons.length > REASONS_MAX ? ` and ${plural(reasons.length - REASONS_MAX, 'more reason')}` : '';
  return [
    `${withAddress} of ${total} have an address${where}${elsewhere}; without: ${shown.join(', ')}${more}`,
  ];
}

/** What happened last is of interest while nothing is wrong, too. */
const changeTexts = ({ changes, time }: OverviewDocument): readonly string[] =>
  changes
    .slice(0, CHANGES_SHOWN)
    .map(({ time: at, kind, name, says }) => `${formatElapsed(at, time)} ago: ${kind} ${name} ${says}`);

function unreadLines({ notRead }: OverviewDocument, format: TextFormat): readonly string[] {
  if (notRead.length === 0) return [];
  const sentences = joinCauses(notRead);
  const shown = sentences.slice(0, UNREAD_MAX);
  const more = sentences.length - shown.length;
  return [
    format.paint('yellow', 'Not read, so nothing is said about it'),
    ...shown.flatMap((one) => proseLines(one, format, { first: 2, lead: '- ', rest: 4 })),
    ...(more > 0 ? [`  and ${plural(more, 'more sentence')}`] : []),
  ];
}
