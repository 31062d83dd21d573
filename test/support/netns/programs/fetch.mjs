// @ts-check
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';

/**
 * A client, with URL, COUNT and WITHIN_MS. It fetches a page so many times, each on a connection of its own, and prints
 * the answers as a list; what was not answered within that time is an `{ error }`.
 */
export const fetchProgram = fileURLToPath(import.meta.url);

if (process.argv[1] === fetchProgram) await main();

async function main() {
  const [url = '', count, within] = process.argv.slice(2);
  const answers = [];
  for (let i = 0; i < Number(count); i++) answers.push(await once(url, Number(within)));
  process.stdout.write(JSON.stringify(answers));
}

/**
 * @param {string} url
 * @param {number} timeout
 * @returns {Promise<object>}
 */
function once(url, timeout) {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', (error) => resolve({ error: error.message }));
  });
}
