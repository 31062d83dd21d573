/** Old configurations in the forms that people have, and the command that converts them. */
import { runConvert } from '../../../src/cli/convert/run.ts';
import { runCommand } from './run-command.ts';

export const LEGACY_CONFIG = `address-pools:
- name: Lan_Pool
  protocol: layer2
  addresses: [10.1.0.0/24]
`;

export const configMap = (text: string, namespace = 'lb'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: ${namespace}}\ndata:\n  config: |\n${text.replace(/^/gm, '    ')}\n`;

export const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ');
export const indentBy = (steps: number, text: string): string => text.replace(/^(?=.)/gm, '  '.repeat(steps));

/** The same configuration as a field of other things. */
export const INLINE = indent(LEGACY_CONFIG);
export const valuesFile = (inline: string): string => `configInline:\n${inline}`;
export const helmRelease = (inline: string): string =>
  `apiVersion: helm.toolkit.fluxcd.io/v2beta1\nkind: HelmRelease\nmetadata: {name: metallb, namespace: networking}\nspec:\n  values:\n${indent(indent(valuesFile(inline)))}`;
export const application = (source: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: metallb, namespace: argocd}\nspec:\n  destination: {namespace: lb}\n  source:\n${indent(indent(source))}`;

export const convert = (stdin: string, ...args: readonly string[]) =>
  runCommand(runConvert, ['-f', '-', ...args], { stdin });
