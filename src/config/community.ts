/** A Community object: names for communities, for advertisements to use. */
import { parseCommunity, type Community as Value } from '../bgp/attributes/community.ts';
import { type ConfigIssue, quoteText } from './issue.ts';
import { ObjectReader } from './object-reader.ts';

export type CommunityAlias = { readonly name: string; readonly value: Value };

export type CommunityReading = {
  /** Null exactly where there are issues. */
  readonly aliases: readonly CommunityAlias[] | null;
  readonly issues: readonly ConfigIssue[];
};

/** "duplicate definition of community" is MetalLB's; a name may be given once in the whole cluster. */
export const duplicateAliasError = (name: string): string =>
  `duplicate definition of community ${quoteText(name)}`;

/** `raw` is the whole object. Nothing in it is required, as in MetalLB's schema. */
export function readCommunityAliases(raw: unknown): CommunityReading {
  const issues: ConfigIssue[] = [];
  const object = ObjectReader.of(raw, '', issues);
  object?.ignore('apiVersion', 'kind', 'metadata', 'status');
  const spec = object?.object('spec') ?? null;
  object?.rejectUnknownFields();
  const aliases = new Map<string, CommunityAlias>();
  for (const entry of spec?.objects('communities') ?? []) {
    const name = entry.string('name') ?? '';
    const text = entry.string('value') ?? '';
    entry.rejectUnknownFields();
    const value = parseCommunity(text);
    if (!value.ok) entry.addIssue('value', value.error);
    else if (aliases.has(name)) entry.addIssue('name', duplicateAliasError(name));
    else aliases.set(name, { name, value: value.value });
  }
  spec?.rejectUnknownFields();
  return { aliases: issues.length > 0 ? null : [...aliases.values()], issues };
}
