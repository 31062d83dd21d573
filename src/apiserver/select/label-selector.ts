/** Parses label selectors (`app=web,tier in (a,b),!legacy`) by the grammar of `k8s.io/apimachinery/pkg/labels`. */

import { err, ok, type Result } from '../../base/result.ts';
import { type LabelSelector, type SelectorRequirement, selectorMatches } from '../../objects/selector.ts';
import { isObject, type JsonObject, metaOf } from '../object/value.ts';

const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const VALUE_CHARS_MAX = 63;

const SET = /^(\S+?)\s+(in|notin)\s*\(([^()]*)\)$/;
const EQUALITY = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/;

/** The parsed selector; the error is kube-apiserver's message. */
export function parseLabelSelector(text: string): Result<LabelSelector, string> {
  const requirements: SelectorRequirement[] = [];
  for (const part of splitOutsideBrackets(text)) {
    const requirement = parseRequirement(part.trim());
    if (requirement === null) return err(`unable to parse requirement: ${JSON.stringify(part.trim())}`);
    requirements.push(requirement);
  }
  return ok({ requirements });
}

function splitOutsideBrackets(text: string): readonly string[] {
  if (text.trim() === '') return [];
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function parseRequirement(text: string): SelectorRequirement | null {
  if (text.startsWith('!'))
    return validRequirement({ key: text.slice(1).trim(), operator: 'DoesNotExist', values: [] });
  const set = SET.exec(text);
  if (set !== null) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim());
    return validRequirement({ key: set[1] ?? '', operator: set[2] === 'in' ? 'In' : 'NotIn', values });
  }
  const equality = EQUALITY.exec(text);
  if (equality !== null) {
    const operator = equality[2] === '!=' ? 'NotIn' : 'In';
    return validRequirement({ key: equality[1] ?? '', operator, values: [equality[3] ?? ''] });
  }
  return validRequirement({ key: text, operator: 'Exists', values: [] });
}

function validRequirement(requirement: SelectorRequirement): SelectorRequirement | null {
  const fits = requirement.values.every((value) => value.length <= VALUE_CHARS_MAX && VALUE.test(value));
  return fits && KEY.test(requirement.key) ? requirement : null;
}

export const matchesLabels = (selector: LabelSelector, object: JsonObject): boolean => {
  if (selector.requirements.length === 0) return true;
  const labels = metaOf(object)['labels'];
  return selectorMatches(selector, isObject(labels) ? (labels as Record<string, string>) : {});
};
