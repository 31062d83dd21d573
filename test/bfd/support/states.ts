/** Puts a BFD session into a state, or a variant of it, by packets. */
import type { BfdSettings } from '../../../src/bfd/settings.ts';
import { BfdHarness } from './harness.ts';

/** `heard`: the remote has sent. `polling`: our poll sequence is not answered yet. `demand`: the remote asks for silence. */
export type StateVariant =
  | 'Down'
  | 'Down, waiting'
  | 'Down, heard'
  | 'Init'
  | 'Up'
  | 'Up, polling'
  | 'Up, demand'
  | 'Up, remote not up'
  | 'AdminDown'
  | 'AdminDown, heard';

type Setup = (settings: Partial<BfdSettings>) => BfdHarness;

const SETUPS: Readonly<Record<StateVariant, Setup>> = {
  Down: (settings) => new BfdHarness(settings),
  // Its first packet is sent.
  'Down, waiting': (settings) => new BfdHarness(settings).toDeadline(),
  'Down, heard': (settings) => inState('Down, waiting', settings).receive({ state: 'Up' }),
  Init: (settings) => inState('Down, waiting', settings).receive({ state: 'Down', yourDiscriminator: 0 }),
  'Up, polling': (settings) => inState('Init', settings).receive({ state: 'Init' }),
  Up: (settings) => inState('Up, polling', settings).receive({ state: 'Up', final: true }),
  'Up, demand': (settings) => inState('Up', settings).receive({ state: 'Up', demand: true }),
  'Up, remote not up': (settings) => inState('Up', settings).receive({ state: 'Init', demand: true }),
  AdminDown: (settings) => inState('Down, waiting', settings).apply({ kind: 'disable' }),
  'AdminDown, heard': (settings) => inState('Up', settings).apply({ kind: 'disable' }),
};

export const inState = (variant: StateVariant, settings: Partial<BfdSettings> = {}): BfdHarness =>
  SETUPS[variant](settings);
