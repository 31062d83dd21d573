/**
 * Captured sessions between real daemons, in `fixtures/`. The expected values come from the daemons' configuration, not from
 * our decoder.
 */
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('fixtures/', import.meta.url);

export type CapturedRoute = {
  readonly prefix: string;
  readonly nextHop: string;
  readonly origin: string;
  readonly path: string;
  readonly med?: number;
  readonly localPref?: number;
  readonly aggregator?: string;
  readonly communities?: readonly string[];
  readonly large?: readonly string[];
  readonly extended?: readonly string[];
};

export type CapturedSide = {
  readonly daemon: string;
  readonly means: {
    readonly asn: number;
    /** Prefixes announced at any time. */
    readonly routes: readonly CapturedRoute[];
    /** Those of them that were withdrawn at the end. */
    readonly gone: readonly string[];
    /** The final NOTIFICATION, if any. */
    readonly ends?: string;
  };
  /** Whole messages, in hexadecimal. */
  readonly messages: readonly string[];
  readonly config: readonly string[];
};

export type CapturedSession = {
  readonly name: string;
  readonly what: string;
  readonly left: CapturedSide;
  readonly right: CapturedSide;
};

export const capturedSessions: readonly CapturedSession[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => ({
    name: name.replace('.json', ''),
    ...JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
  }));

export const fromHex = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
