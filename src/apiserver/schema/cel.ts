/**
 * Compiles and evaluates validation rules of CRDs (`x-kubernetes-validations`), written in the Common Expression
 * Language, by `@marcbachmann/cel-js`. A rule with functions that the package lacks does not compile, is skipped, and is
 * named in `ApiServer.unsupported`. An error during evaluation (a missing field) counts as a broken rule, as in
 * Kubernetes.
 */

import { Environment, EvaluationError, Optional } from '@marcbachmann/cel-js';
import { isList, isObject, type Json } from '../object/value.ts';
import { childOf, type Schema, type ValidationRule } from './schema.ts';

export type CompiledRule = {
  /** A transition rule refers to `oldSelf`. Without an old value it is not evaluated, unless `oldSelf` is optional. */
  readonly needsOldSelf: boolean;
  /** Whether the rule holds for `self`, a value of `schema`. `oldSelf` undefined: there is no old value. */
  readonly evaluate: (self: Json, oldSelf: Json | undefined, schema: Schema) => boolean;
};

/** Optional types are on since Kubernetes 1.29. */
const ENVIRONMENT = new Environment({ enableOptionalTypes: true }).registerVariable('self', 'dyn');
const TRANSITION_ENVIRONMENT = ENVIRONMENT.clone().registerVariable('oldSelf', 'dyn');

/** Methods that Kubernetes has for lists, while the package has them for strings alone: they would fail at run time. */
const PARTLY_SUPPORTED = /\b(indexOf|lastIndexOf)\s*\(/;

/** The rule, ready to run; null where it is malformed, or uses a function that is not supported. */
export function compileRule({ rule, optionalOldSelf = false }: ValidationRule): CompiledRule | null {
  if (PARTLY_SUPPORTED.test(rule)) return null;
  const isTransition = !ENVIRONMENT.check(rule).valid;
  if (isTransition && !TRANSITION_ENVIRONMENT.check(rule).valid) return null;
  const run = (isTransition ? TRANSITION_ENVIRONMENT : ENVIRONMENT).parse(rule);
  return {
    needsOldSelf: isTransition && !optionalOldSelf,
    evaluate: (self, oldSelf, schema) => {
      const old = oldSelf === undefined ? undefined : toCelValue(oldSelf, schema);
      const optional = old === undefined ? Optional.none() : Optional.of(old);
      return isTrue(() => run({ self: toCelValue(self, schema), oldSelf: optionalOldSelf ? optional : old }));
    },
  };
}

function isTrue(evaluate: () => unknown): boolean {
  try {
    return evaluate() === true;
  } catch (cause) {
    if (cause instanceof EvaluationError) return false;
    throw cause;
  }
}

const parseDuration = ENVIRONMENT.parse('duration(self)');

/**
 * JSON as the package represents values: integers as bigint, objects as maps (which no key can mislead), strings of the
 * formats `date-time` and `duration` as timestamps and durations, as Kubernetes declares them.
 */
function toCelValue(value: Json, schema: Schema | undefined): unknown {
  if (isList(value)) return value.map((item) => toCelValue(item, schema?.items));
  if (isObject(value)) {
    return new Map(
      Object.entries(value).map(([key, inner]) => [key, toCelValue(inner, childOf(schema, key))]),
    );
  }
  if (typeof value === 'number')
    return schema?.type !== 'number' && Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string' && schema?.format === 'date-time') return new Date(value);
  if (typeof value === 'string' && schema?.format === 'duration') return parseDuration({ self: value });
  return value;
}
