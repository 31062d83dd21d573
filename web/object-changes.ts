/** Edits of the objects that configure the programs: which field has which value now, and who wrote it. */
import { isSameJson } from '../src/base/shared-json.ts';
import type { ConfigurationObject, OverviewDocument, RecentChange } from '../src/overview/document.ts';

export type Untimed = Omit<RecentChange, 'time'>;

type Objects = Pick<OverviewDocument, 'configuration' | 'kinds'>;

/** Fields that one edit is told with. */
const FIELDS_MAX = 3;
/** Of a value; characters. */
const VALUE_MAX = 80;

/** Of kinds that both could read. That a pool is new or gone, and its ranges, are told elsewhere. */
export function objectChanges(before: Objects, after: Objects): readonly Untimed[] {
  const [readBefore, readAfter] = [readKinds(before), readKinds(after)];
  const old = new Map(before.configuration.map((one) => [keyOf(one), one]));
  const now = new Set(after.configuration.map(keyOf));
  const isTold = ({ kind }: ConfigurationObject): boolean => readBefore.has(kind) && readAfter.has(kind);
  const changed = after.configuration.filter(isTold).flatMap((one): readonly Untimed[] => {
    const says = editText(old.get(keyOf(one)), one);
    return says === null ? [] : [{ kind: one.kind, name: one.name, says: `${says}${writerOf(one)}` }];
  });
  const gone = before.configuration
    .filter((one) => isTold(one) && one.kind !== 'IPAddressPool' && !now.has(keyOf(one)))
    .map(({ kind, name }) => ({ kind, name, says: 'is gone' }));
  return [...changed, ...gone];
}

/** What happened before the page was opened: of each object who wrote it last. */
export const lastEdits = ({ configuration }: Pick<Objects, 'configuration'>): readonly RecentChange[] =>
  configuration.flatMap(({ kind, name, edited }) =>
    edited === null ? [] : [{ time: edited.time, kind, name, says: `was written by ${edited.by}` }],
  );

const readKinds = ({ kinds }: Objects): ReadonlySet<string> =>
  new Set(kinds.flatMap(({ kind, state }) => (state === 'read' ? [kind] : [])));

const keyOf = ({ kind, name }: ConfigurationObject): string => `${kind} ${name}`;

const writerOf = ({ edited }: ConfigurationObject): string =>
  edited === null ? '' : `, written by ${edited.by}`;

/** Null where nothing is to be told. */
function editText(before: ConfigurationObject | undefined, after: ConfigurationObject): string | null {
  if (before === undefined) return after.kind === 'IPAddressPool' ? null : 'is new';
  const paths = [...new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])];
  const edits = paths
    .filter((path) => !isSameJson(before.fields[path], after.fields[path]))
    .map((path) => fieldText(path, before.fields[path], after.fields[path]));
  if (edits.length === 0) return hasAnotherPassword(before, after) ? 'has another spec.password' : null;
  const more = edits.length - FIELDS_MAX;
  return `has ${edits.slice(0, FIELDS_MAX).join(', ')}${more > 0 ? `, and ${more} more fields` : ''}`;
}

/** It is no part of the document. */
const hasAnotherPassword = (before: ConfigurationObject, after: ConfigurationObject): boolean =>
  after.kind === 'BGPPeer' && before.generation !== after.generation;

function fieldText(path: string, before: unknown, after: unknown): string {
  if (after === undefined) return `no ${path} in place of ${valueText(before)}`;
  return `${path} ${valueText(after)}${before === undefined ? '' : ` in place of ${valueText(before)}`}`;
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX - 1)}…`;
}
