/** The controller's word on its configuration: name and label of the object are MetalLB's. */
import { ConfigState } from '../../program/configstate.ts';
import { configStateApi, type Writer } from '../../program/main/adapters.ts';
import type { PictureContext } from '../../program/main/picture.ts';

export const configStateOf = (
  { clock, random, log }: PictureContext,
  writer: Writer,
  namespace: string,
): ConfigState =>
  new ConfigState({
    clock,
    random,
    log,
    api: configStateApi(writer, {
      name: 'controller',
      namespace,
      labels: { 'metallb.io/component-type': 'controller' },
    }),
  });
