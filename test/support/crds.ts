/** The kinds of metallb.io as objects, for an API server in memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../dev/place.mjs';
import type { JsonObject } from '../../src/apiserver/object/value.ts';

const FOLDER = join(root, 'deploy/crds');

export const CRDS: readonly JsonObject[] = readdirSync(FOLDER)
  .filter((name) => name !== 'kustomization.yaml')
  .map((name) => parse(readFileSync(join(FOLDER, name), 'utf8')));
