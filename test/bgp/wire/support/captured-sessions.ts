/**
 * Sessions between real daemons, captured octet by octet: `fixtures/`. What each side means was written down from its
 * configuration, not from what our decoder made of it.
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
    /** What it announced at some time. */
    readonly routes: readonly CapturedRoute[];
    /** Of those, what was withdrawn again in the end. */
    readonly gone: readonly string[];
    /** The NOTIFICATION at the end, if it sent one. */
    readonly ends?: string;
  };
  /** Whole messages in hex. */
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
