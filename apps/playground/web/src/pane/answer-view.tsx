import type { StreamStatus } from '@tokenwire/client-kit';
import type { UseTokenStream } from '@tokenwire/react';
import { StructuredAnswer } from '../answer/structured-answer.js';
import type { Settings } from '../settings/settings.js';

export interface AnswerViewProps {
  readonly title: string;
  readonly stream: UseTokenStream;
  readonly view: Settings['view'];
}

const ENDED: ReadonlySet<StreamStatus> = new Set(['completed', 'cancelled', 'failed', 'detached']);

/**
 * The answer. The box is reversed in CSS, so that it stays at its end while it grows without asking for the layout in
 * every frame, and where somebody has scrolled up it stays there.
 */
export function AnswerView({ title, stream, view }: AnswerViewProps) {
  const { error, stopReason, usage } = stream;
  return (
    // Scrolled with the keyboard, so it takes the focus.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="pane-answer" aria-label={`Answer over ${title}`} tabIndex={0}>
      <div className="pane-answer-content">
        <div data-text>
          <StructuredAnswer blocks={stream.blocks} streaming={!ENDED.has(stream.status)} view={view} />
        </div>
        {error && (
          <p className="answer-error">
            Incomplete: {error.message} <code>{error.code}</code>
          </p>
        )}
        {stopReason !== undefined && stopReason !== 'end_turn' && (
          <p className="answer-note">
            Ended by <code>{stopReason}</code>
            {usage && `, ${usage.outputTokens} tokens`}
          </p>
        )}
      </div>
    </section>
  );
}
