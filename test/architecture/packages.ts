import { moduleOf } from './layers.ts';
import type { Source, Violation } from './source.ts';

/** Which module may import which package. A package that is not listed may be imported by none: a new one is a decision. */

type PackageRule = {
  readonly modules: readonly string[];
  /** Heavy ones are imported when first needed, `await import()`, so that the rest starts quickly and stays small. */
  readonly isLazy: boolean;
};

const PACKAGE_RULES: Readonly<Record<string, PackageRule>> = {
  '@kubernetes/client-node': { modules: ['kube'], isLazy: true },
  fflate: { modules: ['cli'], isLazy: true },
  express: { modules: ['http-server'], isLazy: true },
  koffi: { modules: ['sockets'], isLazy: true },
  'prom-client': { modules: ['observe'], isLazy: false },
  'ip-address': { modules: ['net'], isLazy: false },
  // A kubeconfig is YAML, and so is what kubectl may send to an API server.
  yaml: { modules: ['config', 'kube', 'apiserver', 'manifests', 'cli'], isLazy: false },
  // The API server is in chunks that the playground loads, and of its checks `berth plan`.
  '@marcbachmann/cel-js': { modules: ['apiserver'], isLazy: false },
  rfc6902: { modules: ['apiserver'], isLazy: false },
  '@peculiar/x509': { modules: ['http-server'], isLazy: true },
  'reflect-metadata': { modules: ['http-server'], isLazy: true },
};

export function packageViolations(sources: readonly Source[]): Violation[] {
  return sources
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap((source) =>
      source.imports.flatMap(({ specifier, target, line, lazy, typeOnly }) => {
        if (target !== null || specifier.startsWith('node:')) return [];
        const message = describePackageViolation(
          packageOf(specifier),
          moduleOf(source.path),
          lazy || typeOnly,
        );
        return message === null ? [] : [{ path: source.path, line, message }];
      }),
    );
}

function describePackageViolation(name: string, module: string | null, lazy: boolean): string | null {
  const rule = Object.hasOwn(PACKAGE_RULES, name) ? PACKAGE_RULES[name] : undefined;
  if (rule === undefined)
    return `imports ${name}, which no module may import: do without it, or allow a module to in test/architecture/packages.ts`;
  if (module === null || !rule.modules.includes(module)) {
    const modules = rule.modules.map((one) => `${one}/`).join(' and ');
    return `imports ${name}, which is for ${modules} alone: call that module for what it needs`;
  }
  if (rule.isLazy && !lazy)
    return `imports ${name} at once: import it where it is first needed, by await import()`;
  return null;
}

/** `@scope/name` or `name`, without the path inside the package. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
