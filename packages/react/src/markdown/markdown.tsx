import { memo, useState } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import { Image, Link } from './link.js';
import { MAX_PARSED, isTooMuch, refuseDepth, shownOf } from './limits.js';
import { Splitter } from './splitter.js';

export interface MarkdownProps {
  /** The text as far as it has come. */
  readonly text: string;
  /** True while more may come. Default false. */
  readonly streaming?: boolean | undefined;
  /** Of the element around the whole. */
  readonly className?: string | undefined;
}

const components: Components = {
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  img: ({ src, alt }) => <Image src={typeof src === 'string' ? src : undefined} alt={alt} />,
};

/** What CommonMark is made of; whatever else a parser comes up with is left out and its text kept. */
const ELEMENTS = [
  ...['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'ul', 'ol', 'li', 'pre', 'code', 'hr', 'br'],
  ...['em', 'strong', 'a', 'img'],
];

const options: Options = {
  components,
  rehypePlugins: [() => refuseDepth],
  allowedElements: ELEMENTS,
  unwrapDisallowed: true,
  // `Link` and `Image` decide about addresses; nothing else has one.
  urlTransform: (url) => url,
};

/**
 * Shows the Markdown (CommonMark) of a model, which nobody can trust: HTML in it is text, images are never loaded, links
 * lead to http, https and mailto only and say where. It needs neither inline styles nor scripts.
 *
 * Only the last piece of a growing text is parsed again, so a frame costs the same in a long answer. While `streaming`, a
 * link by reference (`[name]: url`) works only inside of one piece; afterwards everywhere.
 */
export function Markdown({ text, streaming = false, className }: MarkdownProps) {
  // Changed during render, which is safe: for the same text it gives the same pieces, whatever it was asked before.
  const [splitter] = useState(() => new Splitter());
  const whole = !streaming && text.includes(']:') && text.length <= MAX_PARSED;
  const pieces = whole ? [text] : splitter.split(text);
  return (
    <div className={className}>
      {pieces.map((piece, index) => (
        // A piece is its place: the last one grows, and the ones before it stay.
        // oxlint-disable-next-line react/no-array-index-key
        <Piece key={index} text={streaming ? shownOf(piece) : piece} first={index === 0} />
      ))}
    </div>
  );
}

const Piece = memo(function Piece({ text, first }: { readonly text: string; readonly first: boolean }) {
  return (
    <>
      {first ? null : '\n'}
      {parsed(text)}
    </>
  );
});

/** As a function and not as an element, so that what is too much for it can be caught. */
function parsed(text: string) {
  if (!isTooMuch(text)) {
    try {
      return ReactMarkdown({ ...options, children: text });
    } catch {
      // Nested too deeply.
    }
  }
  return <pre>{text}</pre>;
}
