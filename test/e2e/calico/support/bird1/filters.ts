/** Renders BGPFilters as BIRD functions: one for each filter and direction, on every node. */

import type { Family, Loose, ObjectsByKind } from './objects.ts';
import { onlyFields, refuse } from './unsupported.ts';

export type Direction = 'import' | 'export';

const RULE_FIELDS = ['action', 'cidr', 'matchOperator', 'prefixLength', 'source', 'peerType', 'operations'];
const OPERATORS: Readonly<Record<string, string>> = { Equal: '=', NotEqual: '!=', In: '~', NotIn: '!~' };

/** The first matching rule accepts or rejects; without one the caller continues. */
export const filterFunctions = (snapshot: ObjectsByKind, family: Family): readonly string[] =>
  snapshot.filters.flatMap((filter) =>
    (['import', 'export'] as const).flatMap((direction) => [
      `function ${functionName(filter.metadata.name, direction)}(bool to_other_as) {`,
      ...(filter.spec[`${direction}V${family}`] ?? []).map((rule: Loose) => `  ${statement(rule, family)}`),
      '}',
    ]),
  );

/** Calls of the functions of these filters, in order, without those that do not exist. */
export const filterCalls = (
  snapshot: ObjectsByKind,
  names: readonly string[],
  direction: Direction,
  external: boolean,
): readonly string[] =>
  names
    .filter((name) => snapshot.filters.some(({ metadata }) => metadata.name === name))
    .map((name) => `${functionName(name, direction)}(${external});`);

const functionName = (name: string, direction: Direction): string =>
  `chosen_${direction}_${name.replaceAll(/[^a-z0-9]/g, '_')}`;

function statement(rule: Loose, family: Family): string {
  onlyFields('a filter rule', rule, RULE_FIELDS);
  const tests = [
    ...(rule.cidr === undefined ? [] : [netTest(rule, family)]),
    ...(rule.source === 'RemotePeers' ? ['source = RTS_BGP'] : []),
    ...(rule.peerType === undefined ? [] : [rule.peerType === 'eBGP' ? 'to_other_as' : '! to_other_as']),
  ];
  const steps = [...(rule.operations ?? []).flatMap(operation), `${rule.action.toLowerCase()};`].join(' ');
  return tests.length === 0 ? steps : `if ${tests.map((one) => `(${one})`).join(' && ')} then { ${steps} }`;
}

function netTest({ cidr, matchOperator, prefixLength }: Loose, family: Family): string {
  const operator = OPERATORS[matchOperator] ?? refuse(`the match operator ${matchOperator}`);
  if (prefixLength === undefined) return `net ${operator} ${cidr}`;
  const [min, max] = [prefixLength.min ?? 0, prefixLength.max ?? (family === 4 ? 32 : 128)];
  return `net ${operator} [ ${cidr}{${min},${max}} ]`;
}

function operation(one: Loose): readonly string[] {
  onlyFields('an operation', one, ['addCommunity', 'prependASPath']);
  return [
    ...(one.addCommunity === undefined ? [] : [addCommunity(one.addCommunity.value)]),
    ...[...(one.prependASPath?.prefix ?? [])].reverse().map((as) => `bgp_path.prepend(${as});`),
  ];
}

/** A standard community has two parts, a large one three. */
export function addCommunity(value: string): string {
  const parts = value.split(':');
  return `${parts.length === 2 ? 'bgp_community' : 'bgp_large_community'}.add((${parts.join(', ')}));`;
}
