import { memo } from 'react';
import { type Chunk, chunksOf, blocksOf } from './chunks.js';

/**
 * A text of a model, exactly as it is: text nodes and nothing else, so that markup in it is text. A text that grows costs a
 * frame its last chunk; each run of lines is a block of its own, so that the browser lays out only the last one again.
 */
export function PlainText({ text }: { readonly text: string }) {
  return blocksOf(chunksOf(text)).map((chunks, index) => (
    // Chunks only ever grow at the end, so their place is what they are.
    // oxlint-disable-next-line react/no-array-index-key
    <Paragraph key={index} chunks={chunks} />
  ));
}

const Paragraph = memo(
  function Paragraph({ chunks }: { readonly chunks: readonly Chunk[] }) {
    return (
      <div className="plain-text">
        {chunks.map(({ text }, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <Piece key={index} text={text} />
        ))}
      </div>
    );
  },
  (before, after) =>
    before.chunks.length === after.chunks.length &&
    before.chunks.every(({ text }, index) => text === after.chunks[index]?.text),
);

const Piece = memo(function Piece({ text }: { readonly text: string }) {
  return <span>{text}</span>;
});
