/** The operators of Calico's selectors that the cases and examples use. */
import { refuse } from './unsupported.ts';

type Labels = Readonly<Record<string, string>>;

const HAS = /^(!?)has\(([^()]+)\)$/;
const COMPARE = /^([\w./-]+) *(==|!=) *(?:"([^"]*)"|'([^']*)')$/;

export function selects(selector: string, labels: Labels): boolean {
  return selector.split('&&').every((part) => termHolds(part.trim(), labels));
}

function termHolds(term: string, labels: Labels): boolean {
  if (term === 'all()') return true;
  const has = HAS.exec(term);
  if (has) return Object.hasOwn(labels, (has[2] ?? '').trim()) !== (has[1] === '!');
  const compare = COMPARE.exec(term) ?? refuse(`the selector ${term}`);
  const [, key = '', operator, double, single] = compare;
  return (labels[key] === (double ?? single)) === (operator === '==');
}
