/** A playground, and programs that use it as users do: with its kubeconfig and a home folder of their own. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../dev/place.mjs';
import { type OpenPlayground, openPlayground } from '../../playground/support/in-process-playground.ts';
import { type CommandResult, runProgram } from '../../support/run-program.ts';

export class PlaygroundClients {
  /** Theirs: taken away with the playground. */
  readonly folder = mkdtempSync(join(tmpdir(), 'berth-clients-'));
  readonly #programs = join(this.folder, 'bin');
  readonly #playground: OpenPlayground;

  /** The playground begins with these manifests, as YAML. */
  constructor(manifests: string) {
    mkdirSync(this.#programs);
    const file = join(this.folder, 'playground.yaml');
    writeFileSync(file, manifests);
    this.#playground = openPlayground(['-f', file]);
  }

  /** Programs are found by this name from now on; `berth` is the program of this clone. */
  provide(name: string, path: string): void {
    symlinkSync(path, join(this.#programs, name));
  }

  provideBerth(): void {
    const path = join(this.#programs, 'berth');
    const tsx = import.meta.resolve('tsx');
    writeFileSync(
      path,
      `#!/bin/sh\nexec "${process.execPath}" --import "${tsx}" "${root}/src/main.ts" "$@"\n`,
    );
    chmodSync(path, 0o755);
  }

  async run(program: string, args: readonly string[], input = ''): Promise<CommandResult> {
    const KUBECONFIG = await this.#playground.waitFor(/export KUBECONFIG=(\S+)/);
    const PATH = `${this.#programs}:${process.env['PATH']}`;
    return runProgram(program, args, { env: { PATH, HOME: this.folder, KUBECONFIG }, input });
  }

  /** The output of a run that must succeed. */
  async must(program: string, args: readonly string[], input = ''): Promise<string> {
    const { code, stdout, stderr } = await this.run(program, args, input);
    assert.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  async close(): Promise<void> {
    await this.#playground.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
