/** A Community object: names for communities, for advertisements to use. */
import { parseCommunity, type Community as Value } from '../routes/community.ts';
import { type ConfigIssue, shownText } from './issue.ts';
import { ObjectReader } from './reader.ts';

export type Alias = { readonly name: string; readonly value: Value };

export type AliasReading = {
  /** Null exactly where there are issues. */
  readonly aliases: readonly Alias[] | null;
  readonly issues: readonly ConfigIssue[];
};

/** "duplicate definition of community" is MetalLB's; a name may be given once in the whole cluster. */
export const duplicateAlias = (name: string): string =>
  `duplicate definition of community ${shownText(name)}`;

/** `raw` is the whole object. Nothing in it is required, as in MetalLB's schema. */
export function readAliases(raw: unknown): AliasReading {
  const issues: ConfigIssue[] = [];
  const object = ObjectReader.of(raw, '', issues);
  object?.ignore('apiVersion', 'kind', 'metadata', 'status');
  const spec = object?.object('spec') ?? null;
  object?.end();
  const aliases = new Map<string, Alias>();
  for (const entry of spec?.objects('communities') ?? []) {
    const name = entry.string('name') ?? '';
    const text = entry.string('value') ?? '';
    entry.end();
    const value = parseCommunity(text);
    if (!value.ok) entry.complain('value', value.error);
    else if (aliases.has(name)) entry.complain('name', duplicateAlias(name));
    else aliases.set(name, { name, value: value.value });
  }
  spec?.end();
  return { aliases: issues.length > 0 ? null : [...aliases.values()], issues };
}
