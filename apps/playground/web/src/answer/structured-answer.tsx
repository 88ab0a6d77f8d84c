import type { AnswerBlock } from '@tokenwire/react';
import { Component, type ReactNode, Suspense, lazy, memo } from 'react';
import { PlainText } from './plain-text.js';
import { Thinking } from './thinking.js';
import { ToolCall } from './tool-call.js';
import './answer.css';

interface StructuredAnswerProps {
  readonly blocks: readonly AnswerBlock[];
  /** True while more may come. */
  readonly streaming: boolean;
  /** How blocks of text are shown; thinking and arguments are always plain. */
  readonly view: 'text' | 'markdown';
}

/** An answer, block by block. Blocks that did not change are not rendered again. */
export function StructuredAnswer({ blocks, streaming, view }: StructuredAnswerProps) {
  return (
    <div className="answer" data-streaming={streaming}>
      {blocks.map((block) => (
        <Block key={block.index} block={block} view={view} streaming={streaming && !block.done} />
      ))}
    </div>
  );
}

interface BlockProps {
  readonly block: AnswerBlock;
  readonly view: StructuredAnswerProps['view'];
  readonly streaming: boolean;
}

const Block = memo(function Block({ block, view, streaming }: BlockProps) {
  if (block.type === 'thinking') return <Thinking thinking={block.thinking} done={!streaming} />;
  if (block.type === 'tool_use') return <ToolCall block={block} />;
  const plain = <PlainText text={block.text} />;
  return (
    <div className="text-block" data-block="text">
      {view === 'text' ? (
        plain
      ) : (
        <OrPlain plain={plain}>
          <Suspense fallback={plain}>
            <Markdown text={block.text} streaming={streaming} />
          </Suspense>
        </OrPlain>
      )}
    </div>
  );
});

/** Loaded when somebody wants it: a parser is larger than all the clients together. */
const Markdown = lazy(async () => ({ default: (await import('@tokenwire/react/markdown')).Markdown }));

/** Shows the plain text when the parser could not be loaded, or fails on what the model says. */
class OrPlain extends Component<{ readonly plain: ReactNode; readonly children: ReactNode }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.plain : this.props.children;
  }
}
