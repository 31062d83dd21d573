/** Names that the sources give to what people see, read from their syntax: log fields, reasons, annotations and labels. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../dev/place.mjs';
import { dottedName, isNode, type Node, readSource, stringValue, walk } from '../../architecture/source.ts';

export type SourceNames = {
  readonly logFields: readonly string[];
  readonly reasons: readonly string[];
  readonly annotationsAndLabels: readonly string[];
};

const LOG_CALL = /(^|\.)#?log\.(debug|info|warn|error)$/;
const REASON = /^[A-Z][A-Za-z]+$/;
const OWN_NAME = /^(berth\.dev|metallb\.(io|universe\.tf))\/[a-z][A-Za-z-]*$/;

export function readSourceNames(): SourceNames {
  const found = {
    logFields: new Set<string>(),
    reasons: new Set<string>(),
    annotationsAndLabels: new Set<string>(),
  };
  const names = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => one.endsWith('.ts'))) {
    const path = `src/${name}`;
    walk(readSource(path, readFileSync(join(root, path), 'utf8')).program, (node) => {
      for (const field of logFieldsOf(node)) found.logFields.add(field);
      for (const reason of reasonsOf(node)) found.reasons.add(reason);
      const text = stringValue(node);
      if (text !== null && OWN_NAME.test(text) && !/\/v\d/.test(text)) found.annotationsAndLabels.add(text);
    });
  }
  return {
    logFields: [...found.logFields].sort(),
    reasons: [...found.reasons].sort(),
    annotationsAndLabels: [...found.annotationsAndLabels].sort(),
  };
}

function logFieldsOf(node: Node): readonly string[] {
  if (node.type !== 'CallExpression' || !LOG_CALL.test(calledName(node['callee']))) return [];
  const fields = Array.isArray(node['arguments']) ? node['arguments'][1] : undefined;
  return isNode(fields) ? keysOf(fields) : [];
}

/** As `dottedName`, with `this` and private names. */
function calledName(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type !== 'MemberExpression') return dottedName(node) ?? '';
  const property = isNode(node['property']) ? String(node['property']['name'] ?? '') : '';
  return `${calledName(node['object'])}.${property}`;
}

function keysOf(node: Node): readonly string[] {
  switch (node.type) {
    case 'ObjectExpression':
      return (node['properties'] as Node[]).flatMap((one) => {
        if (one.type === 'SpreadElement') return isNode(one['argument']) ? keysOf(one['argument']) : [];
        return dottedName(one['key']) ?? stringValue(one['key']) ?? [];
      });
    case 'ConditionalExpression':
      return [node['consequent'], node['alternate']].flatMap((one) => (isNode(one) ? keysOf(one) : []));
    default:
      return [];
  }
}

/** Literals of a property `reason`, and members of types and tables whose name says that they are reasons. */
function reasonsOf(node: Node): readonly string[] {
  if (node.type === 'Property' && dottedName(node['key']) === 'reason') return literalsIn(node['value']);
  if (node.type === 'TSTypeAliasDeclaration' && /Reason$/.test(dottedName(node['id']) ?? ''))
    return literalsIn(node['typeAnnotation']);
  if (node.type === 'VariableDeclarator' && /REASONS$/.test(dottedName(node['id']) ?? ''))
    return literalsIn(node['init']);
  return [];
}

function literalsIn(node: unknown): readonly string[] {
  const texts: string[] = [];
  if (isNode(node))
    walk(node, (one) => {
      const text = stringValue(one);
      if (text !== null && REASON.test(text)) texts.push(text);
      if (one.type === 'Property' && REASON.test(dottedName(one['key']) ?? ''))
        texts.push(dottedName(one['key']) ?? '');
    });
  return texts;
}
