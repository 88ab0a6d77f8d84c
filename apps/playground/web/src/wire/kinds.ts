import type { Part, SpanKind } from '@tokenwire/wire';

/** What each kind is called. Its colour is that of its class, `wire-<kind>`. */
export const KIND_LABELS: Readonly<Record<SpanKind, string>> = {
  'request-line': 'request',
  'status-line': 'status',
  header: 'header',
  'head-end': 'head ends',
  body: 'body',
  'chunk-size': 'chunk size',
  'chunk-end': 'chunk ends',
  'last-chunk': 'last chunk',
  'sse-field': 'SSE field',
  'sse-comment': 'SSE comment',
  'sse-event-end': 'event ends',
  'ndjson-line-end': 'line ends',
  'ndjson-heartbeat': 'heartbeat',
  json: 'JSON',
  text: 'text',
  'frame-header': 'frame header',
  'frame-mask': 'mask',
  'frame-control': 'control',
  unknown: 'unknown',
};

/** The parts, in the order in which they are shown, and what each is. */
export const PART_LABELS: readonly (readonly [part: Part, label: string, meaning: string])[] = [
  ['payload', 'Payload', "The tokens' texts"],
  ['envelope', 'Envelope', 'The JSON around the texts; upwards the request'],
  ['framing', 'Framing', 'Chunk sizes, fields, line ends, frame headers, masks, pages around events'],
  ['http', 'HTTP', 'Start lines and headers'],
  ['coded', 'Compressed', 'Cannot be told apart'],
];
