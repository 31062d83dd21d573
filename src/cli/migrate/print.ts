/** What a migration finds and does, for people. */
import { plural, wrap } from '../../base/text.ts';
import { COLUMNS_MAX } from '../command.ts';
import type { Paint } from '../paint.ts';
import type { Obstacle } from './away.ts';
import type { Step } from './step.ts';
import type { Changed, Takeover } from './takeover.ts';

/** Services that are named one by one; the rest is a number. */
const NAMED_MAX = 20;

export const indented = (text: string, indent: number): string =>
  wrap(text, COLUMNS_MAX - indent)
    .map((line) => `${' '.repeat(indent)}${line}\n`)
    .join('');

export function printObstacles(found: readonly Obstacle[], paint: Paint): string {
  const section = (title: string, of: Obstacle['of']): string => {
    const those = found.filter((one) => one.of === of);
    const body = those
      .map(({ object, says }) => `  ${paint('yellow', object)}\n${indented(says, 6)}`)
      .join('');
    return `${paint('bold', title)}\n${body === '' ? '  nothing\n' : body}`;
  };
  return `${section("In the way of Berth's taking over", 'swap')}\n${section("In the way of MetalLB's removal", 'removal')}`;
}

export function printSteps(steps: readonly Step[], paint: Paint): string {
  const title = paint('bold', 'What --yes does, in this order');
  if (steps.length === 0) return `${title}\n  nothing\n`;
  return `${title}\n${steps.map((step, index) => indented(`${index + 1}. ${describeStep(step)}`, 2)).join('')}`;
}

export const describeStep = ({ object, does }: Step): string => `${object}: ${does}`;

export function printTakeover({ keep, wait, get, change }: Takeover, paint: Paint): string {
  const title = paint('bold', 'Services, once Berth serves');
  const none = change.length === 0;
  const summary = none
    ? `  ${paint('green', 'none would change')}: ${plural(keep, 'Service')} with an address, ${wait} without\n`
    : `  ${paint('red', `${plural(change.length, 'Service')} would change`)}, ${keep} would keep what they have\n`;
  return `${title}\n${summary}${named(change)}${get.length === 0 ? '' : `  ${plural(get.length, 'Service')} would get an address\n${named(get)}`}`;
}

function named(all: readonly Changed[]): string {
  const lines = all.slice(0, NAMED_MAX).map(({ service, before, after, says }) => {
    const list = (addresses: readonly string[]): string => addresses.join(' and ') || 'none';
    return `    ${service}  ${list(before)} -> ${list(after)}\n${after.length === 0 ? indented(says, 8) : ''}`;
  });
  return `${lines.join('')}${all.length > NAMED_MAX ? `    and ${all.length - NAMED_MAX} more\n` : ''}`;
}

export const printCommands = (title: string, commands: readonly string[], paint: Paint): string =>
  `${paint('bold', title)}\n${commands.map((command) => `  ${command}\n`).join('')}`;
