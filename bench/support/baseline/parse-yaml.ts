/** Baseline: parses the files of a folder with the yaml package in a new process. Prints the milliseconds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const folder = process.env['BENCH_FOLDER'] ?? '';
const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
const startedAt = performance.now();
for (const text of texts) {
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: 'error' });
  if (documents.length !== 1) throw new Error(`${documents.length} documents`);
}
process.stdout.write(String(performance.now() - startedAt));
process.exit(0);
