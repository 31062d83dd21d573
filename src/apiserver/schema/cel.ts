/**
 * Running the part of CEL that the CRDs of this project use, and somewhat more. A rule that goes beyond it does not
 * compile, is skipped, and is named in `ApiServer.unsupported`: nothing is silently half understood. An error while a
 * rule runs (a field that is not there) counts as a broken rule, as in the real server.
 */

import { deepEqual, isList, isObject, type Json } from '../value.ts';
import { applyFunction, CelError, number } from './celfunctions.ts';
import { type Node, parseCel } from './celparse.ts';

export type Compiled = {
  /** A transition rule: it needs an old value to compare with. */
  readonly comparesOld: boolean;
  /** Whether the rule holds. */
  readonly evaluate: (self: Json, oldSelf: Json | undefined) => boolean;
};

type Scope = ReadonlyMap<string, Json>;
type Run = (scope: Scope) => Json;

const METHODS = new Set([
  'size',
  'matches',
  'startsWith',
  'endsWith',
  'contains',
  'all',
  'exists',
  'getSeconds',
  'getMilliseconds',
  'getMinutes',
  'getHours',
]);
const FUNCTIONS = new Set(['size', 'has', 'duration', 'string', 'int']);

/** The rule ready to run; null where it uses what is not understood here. */
export function compileRule(rule: string): Compiled | null {
  const tree = parseCel(rule);
  if (tree === null || !isUnderstood(tree, ['self', 'oldSelf'])) return null;
  const run = compile(tree);
  return {
    comparesOld: mentions(tree, 'oldSelf'),
    evaluate: (self, oldSelf) => {
      try {
        return (
          run(
            new Map([
              ['self', self],
              ['oldSelf', oldSelf ?? null],
            ]),
          ) === true
        );
      } catch (cause) {
        if (cause instanceof CelError) return false;
        throw cause;
      }
    },
  };
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'list':
      return node.items;
    case 'field':
    case 'unary':
      return [node.of];
    case 'index':
      return [node.of, node.at];
    case 'call':
      return node.of === null ? node.args : [node.of, ...node.args];
    case 'binary':
      return [node.left, node.right];
    case 'choice':
      return [node.when, node.then, node.otherwise];
  }
}

const isMacro = (node: Node): node is Extract<Node, { kind: 'call' }> =>
  node.kind === 'call' && node.of !== null && (node.name === 'all' || node.name === 'exists');

function isUnderstood(node: Node, names: readonly string[]): boolean {
  if (node.kind === 'name') return names.includes(node.name);
  if (node.kind === 'call') {
    if (!(node.of === null ? FUNCTIONS : METHODS).has(node.name)) return false;
    if (node.name === 'has' && node.args[0]?.kind !== 'field') return false;
    if (isMacro(node)) {
      const [variable, body] = node.args;
      if (node.of === null || node.args.length !== 2 || variable?.kind !== 'name' || body === undefined)
        return false;
      return isUnderstood(node.of, names) && isUnderstood(body, [...names, variable.name]);
    }
  }
  return childrenOf(node).every((child) => isUnderstood(child, names));
}

const mentions = (node: Node, name: string): boolean =>
  (node.kind === 'name' && node.name === name) || childrenOf(node).some((child) => mentions(child, name));

function compile(node: Node): Run {
  switch (node.kind) {
    case 'literal':
      return () => node.value;
    case 'name':
      return (scope) => scope.get(node.name) ?? null;
    case 'list': {
      const items = node.items.map(compile);
      return (scope) => items.map((item) => item(scope));
    }
    case 'field': {
      const of = compile(node.of);
      return (scope) => fieldOf(of(scope), node.name);
    }
    case 'index': {
      const of = compile(node.of);
      const at = compile(node.at);
      return (scope) => {
        const holder = of(scope);
        const key = at(scope);
        const found = isList(holder)
          ? holder[Number(key)]
          : isObject(holder)
            ? holder[String(key)]
            : undefined;
        if (found === undefined) throw new CelError(`no such key: ${String(key)}`);
        return found;
      };
    }
    case 'unary': {
      const of = compile(node.of);
      return (scope) => (node.op === '!' ? !truth(of(scope)) : -number(of(scope)));
    }
    case 'binary':
      return binary(node.op, compile(node.left), compile(node.right));
    case 'choice': {
      const [when, then, otherwise] = [compile(node.when), compile(node.then), compile(node.otherwise)];
      return (scope) => (truth(when(scope)) ? then(scope) : otherwise(scope));
    }
    case 'call':
      return isMacro(node) ? macro(node) : call(node);
  }
}

function fieldOf(holder: Json, name: string): Json {
  const found = isObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (found === undefined) throw new CelError(`no such key: ${name}`);
  return found;
}

function truth(value: Json): boolean {
  if (typeof value !== 'boolean') throw new CelError('not a bool');
  return value;
}

function binary(op: string, left: Run, right: Run): Run {
  switch (op) {
    case '&&':
      return (scope) => truth(left(scope)) && truth(right(scope));
    case '||':
      return (scope) => either(left, right, scope);
    case '==':
      return (scope) => deepEqual(left(scope), right(scope));
    case '!=':
      return (scope) => !deepEqual(left(scope), right(scope));
    case 'in':
      return (scope) => {
        const [item, holder] = [left(scope), right(scope)];
        return isList(holder)
          ? holder.some((other) => deepEqual(item, other))
          : isObject(holder) && Object.hasOwn(holder, String(item));
      };
    case '+':
      return (scope) => {
        const [a, b] = [left(scope), right(scope)];
        return typeof a === 'string' && typeof b === 'string' ? a + b : number(a) + number(b);
      };
    default:
      return (scope) => arithmetic(op, left(scope), right(scope));
  }
}

/** An error on one side is forgiven when the other side settles it. */
function either(left: Run, right: Run, scope: Scope): boolean {
  try {
    if (truth(left(scope))) return true;
  } catch (cause) {
    if (cause instanceof CelError && truth(right(scope))) return true;
    throw cause;
  }
  return truth(right(scope));
}

function arithmetic(op: string, left: Json, right: Json): Json {
  if (typeof left === 'string' && typeof right === 'string' && '<>='.includes(op[0] ?? '')) {
    return op === '<'
      ? left < right
      : op === '<='
        ? left <= right
        : op === '>'
          ? left > right
          : left >= right;
  }
  const [a, b] = [number(left), number(right)];
  switch (op) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return Math.trunc(a / b);
    default:
      return a % b;
  }
}

function macro(node: Extract<Node, { kind: 'call' }>): Run {
  const [variable, body] = node.args;
  const of = compile(node.of as Node);
  const each = compile(body as Node);
  const name = variable?.kind === 'name' ? variable.name : '';
  return (scope) => {
    const holder = of(scope);
    const items: readonly Json[] = isList(holder) ? holder : isObject(holder) ? Object.keys(holder) : [];
    const holds = (item: Json): boolean => truth(each(new Map([...scope, [name, item]])));
    return node.name === 'all' ? items.every(holds) : items.some(holds);
  };
}

function call(node: Extract<Node, { kind: 'call' }>): Run {
  const { name } = node;
  const [first] = node.args;
  if (name === 'has' && first?.kind === 'field') {
    const holder = compile(first.of);
    return (scope) => {
      const value = holder(scope);
      return isObject(value) && Object.hasOwn(value, first.name);
    };
  }
  const subject = compile(node.of ?? first ?? { kind: 'literal', value: null });
  const argument = node.of === null || first === undefined ? null : compile(first);
  return (scope) => applyFunction(name, subject(scope), argument === null ? null : argument(scope));
}
