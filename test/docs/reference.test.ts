/** The reference pages list what the code has, and links and tables work. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { ASSIGNED_REASONS } from '../../src/allocation/condition-reasons.ts';
import type { AllocationEventReason } from '../../src/allocation/decision.ts';
import { EXIT_CODES } from '../../src/base/exit-codes.ts';
import type { FlagSpec, FlagTable } from '../../src/base/flags.ts';
import { ANNOUNCED_REASONS } from '../../src/calico/report/announced-verdicts.ts';
import { LAYER2_REASONS, type Layer2Reason } from '../../src/controller/announced/layer2/condition.ts';
import { type AnnouncedEventReason, NATIVE_REASONS } from '../../src/controller/announced/native/reasons.ts';
import { CONTROLLER_FLAGS, IGNORED_FLAGS } from '../../src/controller/flags.ts';
import type { ControllerEventReason } from '../../src/controller/ports.ts';
import { METRICS } from '../../src/observe/metric-definitions.ts';
import { PROBLEM_CODES } from '../../src/overview/problem.ts';
import { PROGRAM_FLAGS } from '../../src/runtime/flags.ts';
import { IGNORED_SPEAKER_FLAGS as IGNORED_BY_SPEAKER, SPEAKER_FLAGS } from '../../src/speaker/flags.ts';
import type { SpeakerEventReason } from '../../src/speaker/ports.ts';
import { REQUEST_EDITS } from '../allocation/support/request-edits.ts';
import { layers } from '../architecture/layers.ts';
import { anchorsOf, codeOf, linksOf, listRows, pagesOf, tablesOf } from './support/markdown.ts';

const pages = pagesOf(root);

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Every event reason. The compiler reports a reason that is missing here or unknown. */
const EVENTS = {
  IPAllocated: true,
  ClearAssignment: true,
  AdditionalAssignFailed: true,
  AllocationFailed: true,
  LoadBalancerFailed: true,
  'not enough clusterips': true,
  deprecatedAnnotation: true,
  AddressesReplaced: true,
  Assigned: true,
  AssignedOneFamily: true,
  Layer2Only: true,
  PoolGone: true,
  ForeignAddress: true,
  CalicoAllocates: true,
  NoClusterIP: true,
  PoolInvalid: true,
  PoolOverlaps: true,
  PoolWarning: true,
  BerthStandsBack: true,
  NotAnnounced: true,
  Predicted: true,
  Confirmed: true,
  Announced: true,
  SessionDown: true,
  RangeNotListed: true,
  ConfigurationRefused: true,
  ObjectRefused: true,
  CalicoWithoutBGP: true,
  NoPeer: true,
  NodesExcluded: true,
  PasswordUnreadable: true,
  PoolConflict: true,
  FilterRejects: true,
  NoEndpointAnnounces: true,
  NoEndpointSlice: true,
  LocalLeak: true,
  VersionLacksIt: true,
  NotLearned: true,
  NoAnnouncer: true,
  NoSpeaker: true,
  NoPoolHolds: true,
  NoAdvertisement: true,
  AdvertisementsConflict: true,
  Answered: true,
  NoNodeAnswers: true,
  UnknownInterface: true,
  SpeakersDoNotAnswer: true,
  SharedAddressApart: true,
  AnsweredOffSubnet: true,
  KubeProxyAnswers: true,
  MetallbAnswers: true,
  nodeAssigned: true,
  announceFailed: true,
  AddressConflict: true,
  AddressUnreachable: true,
  TooManyStatuses: true,
  BFDProfileInvalid: true,
  BFDProfileWarning: true,
} as const satisfies Record<
  | AllocationEventReason
  | AnnouncedEventReason
  | Exclude<Layer2Reason, 'NotVisible'>
  | ControllerEventReason
  | SpeakerEventReason,
  true
>;

describe('the reference pages', () => {
  it('conditions.md has every reason with the text of the code and a fix', () => {
    const rows = listRows(read('docs/conditions.md')).filter(({ length }) => length === 3);
    assert.deepEqual(Object.fromEntries(rows.map(([reason = '', says]) => [codeOf(reason), says])), {
      ...ASSIGNED_REASONS,
      ...ANNOUNCED_REASONS,
      ...NATIVE_REASONS,
      ...LAYER2_REASONS,
    });
    for (const [reason, , todo = ''] of rows) assert.match(todo, /\.$/, reason);
  });

  it('conditions.md has every edit of a request', () => {
    const rows = /^\| edit \|[\s\S]*?\n\n/m.exec(read('docs/conditions.md'))?.[0].trim().split('\n') ?? [];
    const edits = rows.slice(2).map((row) => row.slice(2).split(' | ')[0]);
    assert.deepEqual(
      edits,
      REQUEST_EDITS.map(({ edit }) => edit),
    );
  });

  it('status.md has every code of a problem, with the text of the code', () => {
    const [, table = ''] = read('docs/status.md').split('| `code` of a problem |');
    assert.deepEqual(
      Object.fromEntries(listRows(table).map(([name = '', says]) => [codeOf(name), says])),
      PROBLEM_CODES,
    );
  });

  it('events.md has every event', () => {
    const rows = listRows(read('docs/events.md'));
    assert.deepEqual(rows.map(([reason = '']) => codeOf(reason)).sort(), Object.keys(EVENTS).sort());
    for (const [reason, type = ''] of rows) assert.match(type, /^(Normal|Warning)$/, reason);
  });

  const code = (text: string | undefined): string => (text === undefined || text === '' ? '' : `\`${text}\``);

  function flagCell(name: string, { choices, value }: FlagSpec): string {
    if (choices === undefined) return code(value === undefined ? `--${name}` : `--${name} ${value}`);
    const values = choices.filter((choice) => choice !== '').map(code);
    return `${code(`--${name}`)}: ${values.join(', ')}`;
  }

  /** The flags that only one of the two programs has. */
  const ownFlags = (table: FlagTable): FlagTable =>
    Object.fromEntries(Object.entries(table).filter(([name]) => !Object.hasOwn(PROGRAM_FLAGS, name)));

  it('flags.md has every flag with its default, its environment variable and its help', () => {
    const rows = listRows(read('docs/flags.md'));
    const own = [PROGRAM_FLAGS, ownFlags(CONTROLLER_FLAGS), ownFlags(SPEAKER_FLAGS)]
      .flatMap((table) => Object.entries<FlagSpec>(table))
      .map(([name, flag]) => [flagCell(name, flag), code(flag.environment), code(flag.fallback), flag.help]);
    const ignored = [IGNORED_FLAGS, IGNORED_BY_SPEAKER]
      .flatMap((table) => Object.entries<FlagSpec>(table))
      .map(([name, { environment }]) => [code(`--${name}`), code(environment)]);
    assert.deepEqual(rows, [...own, ...ignored]);
  });

  it('exit-codes.md has every code', () => {
    const codes = [...read('docs/exit-codes.md').matchAll(/^\| (\d+) \|/gm)].map(([, digits]) =>
      Number(digits),
    );
    assert.deepEqual(codes, Object.values(EXIT_CODES).sort());
  });

  it('no page names a metric that does not exist', () => {
    for (const page of pages) {
      for (const [name] of read(page).matchAll(/\b(berth|metallb)_[a-z0-9_]*[a-z0-9]/g)) {
        const known = Object.hasOwn(METRICS, name.replace(/_bucket$/, ''));
        assert.ok(known, `${page} names ${name}`);
      }
    }
  });

  it('architecture.md draws the layers that the architecture test holds', () => {
    const drawn = [...read('docs/architecture.md').matchAll(/^layer \d+ +(.*)$/gm)].map(([, line = '']) =>
      [...line.matchAll(/([a-z0-9/-]+)\/(?= |$)/g)].map(([, module]) => module),
    );
    const built = layers.map((modules) => modules.filter((one) => existsSync(join(root, 'src', one))));
    assert.deepEqual(drawn.reverse(), built);
  });
});

describe('the pages', () => {
  const target = (page: string, path: string): string => (path === '' ? page : join(dirname(page), path));

  it('link to files and anchors that exist', () => {
    for (const page of pages) {
      for (const { path, anchor } of linksOf(read(page))) {
        const to = target(page, path);
        assert.ok(existsSync(join(root, to)), `${page} links to ${path}`);
        if (anchor === null) continue;
        assert.ok(anchorsOf(read(to)).includes(anchor), `${page} links to ${path}#${anchor}`);
      }
    }
  });

  it('are all reachable from the README', () => {
    const found = new Set(['README.md']);
    for (const page of found) {
      for (const { path } of linksOf(read(page))) {
        const to = target(page, path);
        const isFolder = statSync(join(root, to)).isDirectory();
        const next = isFolder ? join(to, 'README.md') : to;
        if (next.endsWith('.md') && existsSync(join(root, next))) found.add(relative(root, join(root, next)));
      }
    }
    assert.deepEqual(
      pages.filter((page) => !found.has(page)),
      [],
    );
  });

  it('have tables with a head, whose rows have its cells', () => {
    const cells = (line: string): number => line.split('|').length;
    const broken = pages.flatMap((page) =>
      tablesOf(read(page)).flatMap(([head = '', rule = '', ...rows]) =>
        /^\|[-| :]+\|$/.test(rule)
          ? rows.filter((row) => cells(row) !== cells(head)).map((row) => `${page}: ${row}`)
          : [`${page}: no head: ${head}`],
      ),
    );
    assert.deepEqual(broken, []);
  });

  it('name no path of one machine', () => {
    const place = /(?<![\w.-])\/(?:tmp|work|home|root|Users)\/[\w.-]*/;
    for (const page of pages) assert.equal(place.exec(read(page))?.[0], undefined, page);
  });
});
