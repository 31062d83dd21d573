/** All that two documents in a row tell of changes. */
import type { OverviewDocument } from '../src/overview/document.ts';
import { announcingChanges } from './announcing-changes.ts';
import { configurationChanges } from './configuration-changes.ts';
import type { TimelineChange } from './history.ts';
import { serviceChanges } from './service-changes.ts';

export const documentChanges = (
  before: OverviewDocument,
  after: OverviewDocument,
): readonly TimelineChange[] => [
  ...serviceChanges(before, after),
  ...announcingChanges(before, after),
  ...configurationChanges(before, after),
];
