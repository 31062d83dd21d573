/** What the yaml package alone needs for the text of a folder's files, in a process that does nothing else. Prints milliseconds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const folder = process.env['BENCH_FOLDER'] ?? '';
const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
const begun = performance.now();
for (const text of texts) {
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: 'error' });
  if (documents.length !== 1) throw new Error(`${documents.length} documents`);
}
process.stdout.write(String(performance.now() - begun));
process.exit(0);
