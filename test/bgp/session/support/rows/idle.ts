/** Idle: stopped; `holding`: waits for the IdleHoldTimer. */
import type { Row } from './row.ts';
import * as on from './row.ts';

export const IDLE: readonly Row[] = [
  ['8.2.2 event 1', 'Idle', 'started', on.start, ['dial'], 'Connect'],
  ['8.2.2 event 1', 'Idle', 'started, role dial', on.start, ['dial'], 'Connect', { role: 'dial' }],
  ['8.2.2 event 4', 'Idle', 'started, role listen', on.start, [], 'Active', { role: 'listen' }],
  ['8.2.2 event 2', 'Idle', 'stopped', on.stop, [], 'Idle'],
  ['RFC 5882 4.2', 'Idle', 'BFD goes down', on.bfdDown, [], 'Idle'],
  ['8.2.2 event 2', 'Idle', 'stopped silently', on.stopSilently, [], 'Idle'],
  ['8.2.2 Idle', 'Idle', 'inbound connection', on.accepted, ['refuse 6/5'], 'Idle'],
  ['8.2.2 Idle', 'Idle', 'no timer', on.after(10_000_000), [], 'Idle'],
  ...on.staleRows('Idle'),

  ['8.1.1 IdleHoldTime', 'Idle, holding', 'before the timer expires', on.after(700), [], 'Idle'],
  ['8.2.2 event 13', 'Idle, holding', 'IdleHoldTimer', on.after(750), ['dial'], 'Connect'],
  ['8.2.2 event 13', 'Idle, holding, listening', 'IdleHoldTimer', on.after(750), [], 'Active'],
  ['8.2.2 event 1', 'Idle, holding', 'started', on.start, ['dial'], 'Connect'],
  ['8.2.2 event 2', 'Idle, holding', 'stopped', on.stop, [], 'Idle'],
  ['RFC 5882 4.2', 'Idle, holding', 'BFD goes down', on.bfdDown, [], 'Idle'],
  ['8.2.2 Idle', 'Idle, holding', 'inbound connection', on.accepted, ['refuse 6/5'], 'Idle'],
  ['8.2.2 Idle', 'Idle, holding', 'OPEN, stale connection', on.onClosed(on.open()), [], 'Idle'],
];
