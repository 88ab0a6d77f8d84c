import { StringDecoder } from 'node:string_decoder';

import type { PollPage, Snapshot } from '@tokenwire/protocol';

import type { Dialect } from './dialects.js';
import { UnreadableWire, type Parts } from './parts.js';

/** The parts of one piece of content, and how many of the answer's events were in it. */
export interface Content extends Partial<Parts> {
  readonly events: number;
}

/** Content that is of the transport alone: a heartbeat, the answer to a start. */
const transportOnly = (bytes: number): Content => ({ framing: bytes, events: 0 });

const sizeOf = (text: string): number => Buffer.byteLength(text);

/** One message of the answer with nothing around it. */
function event(message: string, dialect: Dialect): Content | null {
  const text = dialect(message);
  if (text === null) return null;
  const payload = sizeOf(text);
  return { payload, envelope: sizeOf(message) - payload, events: 1 };
}

function must(message: string, dialect: Dialect): Content {
  const content = event(message, dialect);
  if (content) return content;
  throw new UnreadableWire(`This is no event: ${message.slice(0, 80)}`);
}

/** Lines of NDJSON: an event, or an empty line for a heartbeat. */
export function linesContent(body: string, dialect: Dialect): readonly Content[] {
  if (!body.endsWith('\n')) throw new UnreadableWire('The last line has no end.');
  return body
    .slice(0, -1)
    .split('\n')
    .map((line) => (line === '' ? transportOnly(1) : withFraming(must(line, dialect), 1)));
}

/** Server-Sent Events: blocks of lines, ended by an empty one. Line ends may be LF or CRLF. */
export function eventStreamContent(body: string, dialect: Dialect): readonly Content[] {
  const blocks = body.split(/(?<=\n\r?\n)/);
  if (!/\n\r?\n$/.test(body)) throw new UnreadableWire('The last event has no end.');
  return blocks.map((block) => {
    const data = block.split(/\r?\n/).filter((line) => line.startsWith('data:'));
    if (data.length === 0) return transportOnly(sizeOf(block));
    const message = data.map((line) => line.replace(/^data: ?/, '')).join('\n');
    return withFraming(must(message, dialect), sizeOf(block) - sizeOf(message));
  });
}

/** A JSON document: a page of events, a snapshot, or the answer to a start. */
export function documentContent(body: string, dialect: Dialect): Content {
  const document = JSON.parse(body) as Partial<PollPage<unknown> & Snapshot>;
  if (Array.isArray(document.events)) return pageContent(body, document.events, dialect);
  if (typeof document.text !== 'string') return transportOnly(sizeOf(body));
  const payload = sizeOf(document.text);
  return { payload, envelope: sizeOf(body) - payload, events: 0 };
}

function pageContent(body: string, events: readonly unknown[], dialect: Dialect): Content {
  const messages = events.map((one) => JSON.stringify(one));
  if (!body.includes(messages.join(','))) throw new UnreadableWire('The page writes its events in an unusual way.');
  const parts = messages.map((message) => must(message, dialect));
  const payload = sum(parts.map((part) => part.payload ?? 0));
  const envelope = sum(parts.map((part) => part.envelope ?? 0));
  return { payload, envelope, framing: sizeOf(body) - payload - envelope, events: events.length };
}

const WRAPPED = /^\{"ref":\d+,"event":(.*)\}$/s;

/** A message of a socket: an event in our wrapping, an event as it is, or one of the conversation. */
export function messageContent(message: string, dialect: Dialect): Content {
  const inner = WRAPPED.exec(message)?.[1];
  if (inner !== undefined) return withFraming(must(inner, dialect), sizeOf(message) - sizeOf(inner));
  return event(message, dialect) ?? transportOnly(sizeOf(message));
}

/** Text without any framing: every byte of it is payload. */
export function textContent(body: string): Content {
  return { payload: sizeOf(body), events: 0 };
}

/** Decodes a body that has to be UTF-8. */
export function utf8(chunks: readonly Buffer[]): string {
  const decoder = new StringDecoder('utf8');
  const text = chunks.map((chunk) => decoder.write(chunk)).join('') + decoder.end();
  if (sizeOf(text) !== sum(chunks.map(({ length }) => length))) throw new UnreadableWire('The body is not UTF-8.');
  return text;
}

const withFraming = (content: Content, bytes: number): Content => ({
  ...content,
  framing: (content.framing ?? 0) + bytes,
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
