/** Community objects: aliases of BGP communities for advertisements. */
import { type Community, parseCommunity } from '../bgp/attributes/community.ts';
import { type ConfigIssue, quoteText } from './issue.ts';
import { ObjectReader } from './object-reader.ts';

export type CommunityAlias = { readonly name: string; readonly value: Community };

export type CommunityReading = {
  /** Null if and only if there are issues. */
  readonly aliases: readonly CommunityAlias[] | null;
  readonly issues: readonly ConfigIssue[];
};

/** "duplicate definition of community" is MetalLB's text; an alias may be defined once in the cluster. */
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
