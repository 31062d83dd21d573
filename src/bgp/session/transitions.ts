/**
 * All transitions of the session state machine with their causes (RFC 4271 8.2.2). Any other transition is an invariant
 * violation. `docs/bgp-sessions.md` draws its diagram from this table.
 */
import type { TransitionCause } from './events.ts';
import type { StateName } from './session.ts';

export type Transition = {
  readonly from: StateName;
  readonly to: StateName;
  readonly causes: readonly TransitionCause[];
};

export const TRANSITIONS: readonly Transition[] = [
  { from: 'Idle', to: 'Connect', causes: ['started', 'rested'] },
  { from: 'Idle', to: 'Active', causes: ['started', 'rested'] },
  {
    from: 'Connect',
    to: 'Idle',
    causes: ['stopped', 'connect-failed', 'bad-open', 'notified', 'malformed', 'unexpected'],
  },
  { from: 'Connect', to: 'Active', causes: ['connect-failed', 'lost', 'turned-away'] },
  { from: 'Connect', to: 'OpenSent', causes: ['connected', 'accepted', 'delay-over'] },
  { from: 'Connect', to: 'OpenConfirm', causes: ['open'] },
  {
    from: 'Active',
    to: 'Idle',
    causes: ['stopped', 'lost', 'bad-open', 'notified', 'malformed', 'unexpected'],
  },
  { from: 'Active', to: 'Connect', causes: ['retried'] },
  { from: 'Active', to: 'OpenSent', causes: ['accepted', 'delay-over'] },
  { from: 'Active', to: 'OpenConfirm', causes: ['open'] },
  {
    from: 'OpenSent',
    to: 'Idle',
    causes: ['stopped', 'bad-open', 'notified', 'malformed', 'unexpected', 'hold-expired', 'bfd-down'],
  },
  { from: 'OpenSent', to: 'Active', causes: ['lost', 'turned-away'] },
  { from: 'OpenSent', to: 'Connect', causes: ['lost', 'notified'] },
  { from: 'OpenSent', to: 'OpenConfirm', causes: ['open'] },
  {
    from: 'OpenConfirm',
    to: 'Idle',
    causes: ['stopped', 'lost', 'notified', 'malformed', 'unexpected', 'hold-expired', 'bfd-down'],
  },
  { from: 'OpenConfirm', to: 'OpenSent', causes: ['lost', 'notified', 'replaced'] },
  { from: 'OpenConfirm', to: 'Established', causes: ['keepalive'] },
  {
    from: 'Established',
    to: 'Idle',
    causes: [
      ...(['stopped', 'lost', 'notified', 'malformed', 'unexpected'] as const),
      ...(['hold-expired', 'send-hold-expired', 'bfd-down'] as const),
    ],
  },
  { from: 'Established', to: 'OpenSent', causes: ['replaced'] },
];

export const isTransition = (from: StateName, to: StateName, cause: TransitionCause): boolean =>
  TRANSITIONS.some((one) => one.from === from && one.to === to && one.causes.includes(cause));
