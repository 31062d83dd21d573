/** The functions and methods of CEL that `cel.ts` understands. Durations are kept as seconds. */

import { isList, isObject, type Json } from '../value.ts';

/** A rule that ran into something that is not there or not of the right type. */
export class CelError extends Error {}

export function number(value: Json): number {
  if (typeof value !== 'number') throw new CelError('not a number');
  return value;
}

/** Calls function or method `name` on its subject. */
export function applyFunction(name: string, subject: Json, argument: Json): Json {
  switch (name) {
    case 'size':
      if (typeof subject === 'string') return [...subject].length;
      return isList(subject)
        ? subject.length
        : isObject(subject)
          ? Object.keys(subject).length
          : number(subject);
    case 'string':
      return typeof subject === 'string' ? subject : JSON.stringify(subject);
    case 'int':
      return Math.trunc(Number(subject));
    case 'duration':
      return seconds(subject);
    case 'getSeconds':
      return Math.trunc(number(subject));
    case 'getMinutes':
      return Math.trunc(number(subject) / 60);
    case 'getHours':
      return Math.trunc(number(subject) / 3600);
    case 'getMilliseconds':
      return Math.trunc(number(subject) * 1000);
    default:
      return textCall(name, subject, argument);
  }
}

function textCall(name: string, subject: Json, argument: Json): Json {
  if (typeof subject !== 'string' || typeof argument !== 'string') throw new CelError('no such overload');
  switch (name) {
    case 'matches':
      return new RegExp(argument, 'u').test(subject);
    case 'startsWith':
      return subject.startsWith(argument);
    case 'endsWith':
      return subject.endsWith(argument);
    default:
      return subject.includes(argument);
  }
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
};

/** Go's duration text as seconds; a number is one already. */
function seconds(value: Json): number {
  if (typeof value === 'number') return value;
  const text = String(value);
  if (!/^-?(0|(\d+(\.\d*)?|\.\d+)(h|ms|m|us|µs|ns|s))+$/.test(text))
    throw new CelError(`not a duration: ${text}`);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d*\.?\d+)(h|ms|m|us|µs|ns|s)/g)) {
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  }
  return text.startsWith('-') ? -total : total;
}
