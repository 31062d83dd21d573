/** The ConfigurationState of the controller; its name and label are MetalLB's. */
import { ConfigurationStateWriter } from '../../runtime/configuration-state.ts';
import { type ApiWriter, configurationStateApi } from '../../runtime/main/adapters.ts';
import type { InformerContext } from '../../runtime/main/informer.ts';

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
