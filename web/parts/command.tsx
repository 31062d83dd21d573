/** Commands of a terminal that lead on from a page, each with a button that copies it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { berthCommand, type CommandStart } from '../../src/overview/command-start.ts';
import { commands$ } from '../state.ts';

/** Of Berth: what to ask, and then the flags that lead to the cluster that is shown. Nothing where it cannot read that. */
export function BerthCommand({ command }: { readonly command: string }): JSX.Element | null {
  const start = commands$.value;
  const text = start === null ? null : berthCommand(command, start);
  if (text === null) return null;
  const at = text.indexOf(command);
  return (
    <p class="command">
      <code>
        <span class="muted">{text.slice(0, at)}</span>
        {command}
        <span class="muted">{text.slice(at + command.length)}</span>
      </code>
      <CopyButton text={() => text} says="Copy" />
    </p>
  );
}

/** The button of a command that is too long to be shown; none where the command cannot read what is shown. */
export function CommandButton({
  make,
  says,
}: {
  readonly make: (start: CommandStart) => string | null;
  readonly says: string;
}): JSX.Element | null {
  const start = commands$.value;
  if (start === null || make(start) === null) return null;
  return <CopyButton text={() => make(start) ?? ''} says={says} />;
}

const COPIED_MS = 1_500;

type CopyState = 'ready' | 'copied' | 'refused';

/** The text is made when it is copied. */
function CopyButton({ text, says }: { readonly text: () => string; readonly says: string }): JSX.Element {
  const [state, setState] = useState<CopyState>('ready');
  const copy = async (): Promise<void> => {
    // A browser may refuse it, to a page without the focus for one.
    const copied = await navigator.clipboard.writeText(text()).then(
      () => true,
      () => false,
    );
    setState(copied ? 'copied' : 'refused');
    setTimeout(() => setState('ready'), COPIED_MS);
  };
  const texts: Readonly<Record<CopyState, string>> = { ready: says, copied: 'Copied', refused: 'Not copied' };
  return (
    <button type="button" onClick={() => void copy()}>
      {texts[state]}
    </button>
  );
}
