/** The controller's word on its configuration: name and label of the object are MetalLB's. */
import { ConfigurationStateWriter } from '../../program/configstate.ts';
import { type ApiWriter, configurationStateApi } from '../../program/main/adapters.ts';
import type { InformerContext } from '../../program/main/picture.ts';

export const createConfigurationStateWriter = (
  { clock, random, log }: InformerContext,
  writer: ApiWriter,
  namespace: string,
): ConfigurationStateWriter =>
  new ConfigurationStateWriter({
    clock,
    random,
    log,
    api: configurationStateApi(writer, {
      name: 'controller',
      namespace,
      labels: { 'metallb.io/component-type': 'controller' },
    }),
  });
