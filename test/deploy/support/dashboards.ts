/** The dashboards of `deploy/monitoring`, as far as tests look at them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../dev/place.mjs';

type Panel = {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
};

type Dashboard = { readonly uid: string; readonly title: string; readonly panels: readonly Panel[] };

const FOLDER = join(root, 'deploy/monitoring/dashboards');
export const dashboards: readonly Dashboard[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));

/** A query as Prometheus gets it: Grafana fills the variables in. */
export const filledIn = (expr: string, interval: string): string =>
  expr.replaceAll('$__rate_interval', interval).replaceAll('$job', '.+');
