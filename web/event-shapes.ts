/**
 * The shape of an event. Its parts are checked as far as they decide what the page does with it: who sends it has the token, so it is the
 * program that served this page, and of its version. Another program on the port, after that one has ended, sends something else.
 */
import { isObject } from '../src/base/json.ts';
import type { AnnouncingPatch } from '../src/overview/announcing-patch.ts';
import type { CommandStart } from '../src/overview/command-start.ts';
import type { OverviewDocument, PoolOverview, ServicesOverview } from '../src/overview/document.ts';
import type { DocumentPatch, OverviewEvent, ServicesPatch } from '../src/overview/document-patch.ts';
import { hasFields, type Is, isFlag, isListOf, isNumber, isOneOf, isText, orNull } from './shapes.ts';

type Kind = OverviewEvent['kind'];
type EventOf<K extends Kind> = Extract<OverviewEvent, { readonly kind: K }>;

/** A list, or fields, of which the items are not looked at. */
const isList = <T>(value: unknown): value is readonly T[] => Array.isArray(value);
const isPart = <T extends object>(value: unknown): value is T => isObject(value);

const isDocument: Is<OverviewDocument> = hasFields<OverviewDocument>({
  format: (value): value is 1 => value === 1,
  source: isText,
  time: isText,
  verdict: isOneOf('clean', 'warnings', 'errors', 'partial'),
  partial: isFlag,
  notRead: isList,
  kinds: isList,
  problems: isList,
  controller: isPart,
  pools: orNull<readonly PoolOverview[]>(isList),
  services: orNull<ServicesOverview>(isPart),
  announcing: isPart,
  configuration: isList,
  changes: isList,
});

const isServicesPatch: Is<ServicesPatch> = hasFields<Pick<ServicesPatch, 'kind'>>({
  kind: isOneOf('whole', 'changes'),
}) as Is<ServicesPatch>;

const isPatch: Is<DocumentPatch> = hasFields<DocumentPatch>({
  sections: isPart,
  services: orNull(isServicesPatch),
  announcing: orNull<AnnouncingPatch>(isPart),
});

const isTexts = isListOf(isText);
const isFlags: Is<CommandStart['flags']> = (value): value is CommandStart['flags'] =>
  isObject(value) && Object.values(value).every(isTexts);

const kindIs = <K extends Kind>(kind: K): Is<K> => isOneOf(kind);

const IS_EVENT: { readonly [K in Kind]: Is<EventOf<K>> } = {
  document: hasFields<EventOf<'document'>>({
    kind: kindIs('document'),
    version: isNumber,
    origin: isOneOf('cluster', 'files'),
    commands: hasFields<CommandStart>({ program: isText, flags: isFlags, kubectl: isText }),
    document: isDocument,
  }),
  patch: hasFields<EventOf<'patch'>>({ kind: kindIs('patch'), version: isNumber, patch: isPatch }),
  alive: hasFields<EventOf<'alive'>>({ kind: kindIs('alive'), version: isNumber, time: isText }),
  lost: hasFields<EventOf<'lost'>>({ kind: kindIs('lost'), version: isNumber, says: isText }),
};

export const isEvent: Is<OverviewEvent> = (value): value is OverviewEvent =>
  Object.values<Is<unknown>>(IS_EVENT).some((is) => is(value));
