/** `berth l2 why`: which node answers for a Service, and if none does, the fix. */
import { EXIT_CODES } from '../../../base/exit-codes.ts';
import type { Layer2State } from '../../../layer2/election/layer2-state.ts';
import { conflictHints } from '../../../layer2/report/conflict-hint.ts';
import { explainLayer2, type Layer2Explanation } from '../../../layer2/report/explanation.ts';
import { interfaceHints } from '../../../layer2/report/interface-hint.ts';
import { subnetHints } from '../../../layer2/report/subnet-hint.ts';
import type { ServiceKey } from '../../../objects/service.ts';
import { suggestService } from '../../../objects/service-suggestion.ts';
import type { TextFormat } from '../../../observe/terminal.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { joinSections, proseLines, titleLines } from '../../framework/lines.ts';
import { formatOutput } from '../../framework/output.ts';
import type { Layer2QueryFlags } from '../cluster/flags.ts';
import { type PartialLayer2, partialOwnerRow } from '../cluster/owner-rows.ts';
import { type Layer2View, readLayer2 } from '../cluster/read-layer2.ts';
import { L2_WHY_COMMAND } from './command.ts';

export async function runL2Why(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(L2_WHY_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, positionals } = line;
  const target = /^(?:([^/]+)\/)?([^/]+)$/.exec(positionals[0] ?? '');
  const errors = [
    ...surplusOperands(positionals, 1),
    ...(target === null ? ['the Service is missing: l2 why SERVICE -n NAMESPACE'] : []),
  ];
  if (target === null || errors.length > 0) return failUsage(L2_WHY_COMMAND, context, errors);
  const view = await readLayer2(context, flags);
  const known = view.ok ? view.value : view.error;
  const [, head, name = ''] = target;
  const service = `${head ?? (flags.namespace || known.contextNamespace || 'default')}/${name}`;
  if (!view.ok) return failPartly(view.error, service, flags, context);
  const { state } = view.value;
  const explained = explainLayer2(state, service);
  if (explained === null) return failCommand(L2_WHY_COMMAND, context, [notFoundText(service, state)]);
  const standsBy = explained.verdict === 'metallb';
  const hints = hintsOf(view.value, service);
  const { output } = flags;
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput({ service, standsBy, ...explained, hints }, output)
      : [
          ...layer2WhyLines(`Service ${service}`, explained, context.stdout),
          ...hintLines(hints, context.stdout),
        ],
  );
  return explained.verdict === 'answered' ? EXIT_CODES.success : EXIT_CODES.changes;
}

/** Prints what is known, and what could not be read. */
function failPartly(
  known: PartialLayer2,
  service: ServiceKey,
  { output }: Pick<Layer2QueryFlags, 'output'>,
  context: CliContext,
): number {
  const { records, state, problems } = known;
  const row = partialOwnerRow(known, service);
  const isMissing = state !== null && row === null;
  const code = failCommand(L2_WHY_COMMAND, context, [
    ...problems,
    ...(isMissing ? [notFoundText(service, state)] : []),
  ]);
  if ((records === null && state === null) || isMissing) return code;
  const says = row?.says ?? 'no ServiceL2Status names a node that answers; why was not judged';
  const [node, fix] = [row?.node ?? null, row?.fix ?? null];
  const explained = { verdict: UNJUDGED, node, says, fix, nodes: [] };
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput({ service, standsBy: null, ...explained, hints: [] }, output)
      : layer2WhyLines(`Service ${service}`, explained, context.stdout),
  );
  return EXIT_CODES.partial;
}

/** The verdict where a kind that decides could not be read. */
const UNJUDGED = 'notJudged';

/** What the election does not see: sentences without a full stop. */
function hintsOf(
  { state, presence, conflicts, silent, hints }: Layer2View,
  service: ServiceKey,
): readonly string[] {
  const { interfaces } = presence;
  const silentHint = `the speakers of ${silent.join(', ')} run and do not answer by layer 2. Their logs say why: they may lack the capability NET_RAW (kubectl apply -k deploy/layer2), or run with --layer2=off`;
  return [
    ...hints,
    ...conflictHints(state, conflicts, service),
    ...interfaceHints(state, interfaces, service),
    ...subnetHints(state, interfaces, service),
    // Where none does, the explanation itself says so.
    ...(silent.length > 0 && interfaces.size > 0 ? [silentHint] : []),
  ];
}

const hintLines = (hints: readonly string[], format: TextFormat): readonly string[] =>
  hints.flatMap((hint) => ['', ...proseLines(`Problem: ${hint}`, format)]);

function notFoundText(service: string, { elections, refusals }: Layer2State): string {
  const elected = elections.flatMap(({ group }) => group.map((one) => one.service.key));
  const hint = suggestService(service, { services: [...elected, ...refusals.keys()], namespaces: [] });
  return `there is no Service ${service} of type LoadBalancer${hint === null ? '' : `; ${hint}`}`;
}

/** `title` heads the nodes. */
export function layer2WhyLines(
  title: string,
  { verdict, says, fix, nodes }: Omit<Layer2Explanation, 'verdict' | 'node'> & { readonly verdict: string },
  format: TextFormat,
): readonly string[] {
  const style = verdict === 'answered' ? 'green' : verdict === UNJUDGED ? 'yellow' : 'red';
  return joinSections([
    [
      ...titleLines(title, format),
      ...nodes.flatMap((one) => proseLines(`${one.node} ${one.says}`, format, { first: 2, rest: 4 })),
    ],
    [
      ...proseLines(`${says}.`, format).map((text) => format.paint(style, text)),
      ...(fix === null ? [] : proseLines(`Fix: ${fix}`, format)),
    ],
  ]);
}
