import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findTestFiles, LONGEST } from '../../dev/testing/files.mjs';
import { Schedule } from '../../dev/testing/schedule.mjs';

type Files = { readonly light?: number; readonly heavy?: number; readonly patient?: number };

const named = (kind: string, count = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${kind} ${index + 1}`);

const batches = (kind: string, count?: number): readonly string[][] =>
  named(kind, count).map((path) => [path]);

const schedule = ({ light, heavy, patient }: Files, cores = 2): Schedule =>
  new Schedule(
    { light: batches('light', light), heavy: batches('heavy', heavy), patient: batches('patient', patient) },
    cores,
  );

/** The files that start now, in order. */
function starting(one: Schedule): readonly string[] {
  const paths = [];
  for (let next = one.next(); next !== null; next = one.next()) paths.push(...next.paths);
  return paths;
}

describe('the schedule of test files', () => {
  it('starts a light file for each core, and two patient ones beside them', () => {
    const one = schedule({ light: 3, heavy: 1, patient: 3 });
    assert.deepEqual(starting(one), ['light 1', 'light 2', 'patient 1', 'patient 2']);
    one.ended('light');
    assert.deepEqual(starting(one), ['light 3']);
    one.ended('patient');
    assert.deepEqual(starting(one), ['patient 3']);
  });

  it('starts at most four light files, however many cores there are', () => {
    assert.deepEqual(starting(schedule({ light: 9 }, 16)), named('light', 4));
  });

  it('starts heavy files once the last light one has ended, one at a time beside patient ones', () => {
    const one = schedule({ light: 1, heavy: 3, patient: 1 });
    assert.deepEqual(starting(one), ['light 1', 'patient 1']);
    one.ended('light');
    assert.deepEqual(starting(one), ['heavy 1']);
    one.ended('heavy');
    assert.deepEqual(starting(one), ['heavy 2']);
  });

  it('runs two heavy files at once when no patient one is left', () => {
    const one = schedule({ heavy: 3, patient: 1 });
    assert.deepEqual(starting(one), ['heavy 1', 'patient 1']);
    one.ended('patient');
    assert.deepEqual(starting(one), ['heavy 2']);
  });

  it('runs three patient files at once when no other is left', () => {
    const one = schedule({ heavy: 1, patient: 5 });
    assert.deepEqual(starting(one), ['heavy 1', 'patient 1', 'patient 2']);
    one.ended('heavy');
    assert.deepEqual(starting(one), ['patient 3']);
  });

  it('runs patient files after all others on a single core', () => {
    const one = schedule({ light: 1, heavy: 1, patient: 4 }, 1);
    const order = [...starting(one)];
    for (const kind of ['light', 'heavy'] as const) {
      one.ended(kind);
      order.push(...starting(one));
    }
    assert.deepEqual(order, ['light 1', 'heavy 1', 'patient 1', 'patient 2', 'patient 3']);
  });
});

it('the files that take longest exist, and are the first of their kind', () => {
  const { light, heavy } = findTestFiles('test', []);
  const isHeavy = (path: string): boolean => path.startsWith('test/e2e/');
  const longest = LONGEST.map((name) => `test/${name}`);
  const firstHeavy = longest.filter(isHeavy);
  const firstLight = longest.filter((path) => !isHeavy(path));
  assert.deepEqual(heavy.slice(0, firstHeavy.length), firstHeavy);
  assert.deepEqual(light.slice(0, firstLight.length), firstLight);
});
