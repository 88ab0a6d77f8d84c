import type { AnswerBlock } from '@tokenwire/react';
import { useMemo } from 'react';
import { PlainText } from './plain-text.js';
import { shownArguments } from './pretty-json.js';

type ToolUse = Extract<AnswerBlock, { type: 'tool_use' }>;

/** A call of a tool: its name, its id, and its arguments as they come. Nothing is called here. */
export function ToolCall({ block }: { readonly block: ToolUse }) {
  const { id, name, partialJson, done } = block;
  // Absent until the block is done, and afterwards if it is no JSON.
  const isValid = block.input !== undefined;
  const text = useMemo(() => shownArguments(partialJson, isValid), [partialJson, isValid]);
  return (
    <div className="tool-call" data-block="tool_use">
      <p>
        Calls <bdi className="tool-name">{name}</bdi> <bdi className="tool-id">{id}</bdi>
        {!done && <span className="tool-state"> arguments are coming…</span>}
        {done && !isValid && partialJson !== '' && <span className="tool-state"> its arguments are not JSON</span>}
      </p>
      {/* Scrolls, so it must be reachable with the keyboard; no landmark, there may be many. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role */}
      <div className="tool-arguments" dir="ltr" tabIndex={0} role="group" aria-label="Arguments">
        <PlainText text={text} />
      </div>
    </div>
  );
}
