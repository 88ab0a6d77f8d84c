import type { Measured } from '../compare/modes.js';
import { CAPABILITIES, type Ability } from './capabilities.js';
import type { Evidence } from './evidence.js';
import { proxyWords } from './figures.js';
import { PROXY_FACTS } from './proxy-facts.js';
import type { Requirements } from './requirements.js';

/** Why a mode cannot be used, and what would change that. */
export interface Exclusion {
  readonly reason: string;
  readonly lift: string;
  readonly source: string;
}

/** Work that a mode leaves to those who use it. */
export interface Cost {
  readonly text: string;
  /** 1 for something that a library or a line does, 3 for something that has to be built or felt. */
  readonly weight: 1 | 3;
  readonly source: string;
}

/** What the requirements mean for a mode. */
export interface Judgement {
  readonly exclusions: readonly Exclusion[];
  readonly costs: readonly Cost[];
}

interface Case {
  readonly mode: Measured;
  readonly asked: Requirements;
  readonly evidence: Evidence;
}

/** Connections of a browser to one host over HTTP/1.1. */
const BROWSER_CONNECTIONS = 6;

/** Holds a mode against the requirements. */
export function judge(mode: Measured, asked: Requirements, evidence: Evidence): Judgement {
  const one = { mode, asked, evidence };
  return {
    exclusions: [plainText, responses, connections, commandLine, lossless, throughProxy].flatMap((rule) => rule(one)),
    costs: [reading, resuming, stopping, talking, identity, sockets, waiting].flatMap((rule) => rule(one)),
  };
}

function lacks({ mode }: Case, ability: Ability, lift: string): Exclusion {
  const { text, source } = CAPABILITIES[mode][ability];
  return { reason: text, lift, source };
}

function cost({ mode }: Case, ability: Ability, weight: Cost['weight'], text?: string): Cost {
  const fact = CAPABILITIES[mode][ability];
  return { text: text ?? fact.text, weight, source: fact.source };
}

function can({ mode }: Case, ability: Ability): boolean {
  return CAPABILITIES[mode][ability].has;
}

function plainText({ mode, asked: { plainText, resume } }: Case): Exclusion[] {
  if (!plainText) return [];
  const source = 'docs/transports/chunked.md';
  if (mode !== 'chunked' && mode !== 'batch') {
    return [
      { reason: 'it carries events, not text', lift: 'a reader that takes events (leave out --plain-text)', source },
    ];
  }
  if (mode !== 'chunked' || resume !== 'required') return [];
  const reason = 'plain text has no cursor, so a cut answer cannot be continued';
  return [{ reason, lift: 'events in place of text: Accept: application/x-ndjson, or text/event-stream', source }];
}

function responses(one: Case): Exclusion[] {
  const { serverless, maxResponseSeconds, answerSeconds } = one.asked;
  if (serverless && !can(one, 'bufferingProxies')) {
    return [lacks(one, 'bufferingProxies', 'a platform that streams responses (leave out --serverless)')];
  }
  if (maxResponseSeconds === null || can(one, 'shortResponses') || answerSeconds <= maxResponseSeconds) return [];
  const lift = `a platform that lets a response take ${answerSeconds} s, or pieces of ${maxResponseSeconds} s with a resume after each (ask again with --answer-seconds ${maxResponseSeconds})`;
  return [lacks(one, 'shortResponses', lift)];
}

function connections(one: Case): Exclusion[] {
  const { reader, tabs, http } = one.asked;
  const blocked = reader === 'browser' && http === 1 && tabs > BROWSER_CONNECTIONS && !can(one, 'sixConnections');
  return blocked ? [lacks(one, 'sixConnections', 'HTTP/2 in front of the server (--http2), or fewer tabs')] : [];
}

function commandLine({ mode, asked }: Case): Exclusion[] {
  if (asked.reader !== 'curl' || mode !== 'websocket') return [];
  const lift = 'a client of its own in place of curl (--node, --native)';
  return [{ reason: 'curl cannot send its messages', lift, source: 'docs/transports/websocket.md' }];
}

/** What was measured has the last word on what is promised. */
function lossless({ mode, asked, evidence }: Case): Exclusion[] {
  if (asked.resume !== 'required') return [];
  const lost = ['lost.mean', 'doubled.mean'].flatMap((metric) => {
    const { value } = evidence.figure({ scenario: 'cut', mode, words: ['reset'] }, metric);
    return value !== null && value > 0 ? [`${metric} = ${value}`] : [];
  });
  if (lost.length === 0) return [];
  return [
    { reason: `cuts lost or doubled events: ${lost.join(', ')}`, lift: 'a repaired server', source: 'scenario cut' },
  ];
}

/** A measured row first; where there is none, what the proxy's documentation says. */
function throughProxy({ mode, asked, evidence }: Case): Exclusion[] {
  if (asked.proxy === 'none') return [];
  const place = { scenario: 'proxies', mode, words: proxyWords(asked) };
  const facts = PROXY_FACTS[asked.proxy];
  const lines = facts?.lines[mode]?.join(' ') ?? '';
  const lift = lines && asked.proxyConfig === 'stock' ? `${lines} (--proxy-config documented)` : 'another proxy';
  const broken = evidence.broken(place);
  if (broken) {
    const why = broken.reasons.join('; ') || 'no answer came through';
    return [{ reason: `broken behind it: ${why}`, lift, source: `scenario proxies · ${broken.point}` }];
  }
  const breakage = facts?.breaks[mode];
  if (!breakage || asked.proxyConfig !== 'stock' || evidence.rows(place).length > 0) return [];
  return [{ reason: breakage.text, lift: `${breakage.repair} (--proxy-config documented)`, source: breakage.source }];
}

function reading(one: Case): Cost[] {
  const { mode, asked } = one;
  if (mode.endsWith('-poll'))
    return [{ text: 'a loop of requests in the client', weight: 1, source: 'docs/transports/polling.md' }];
  if (asked.plainText || mode === 'batch') return [];
  if (asked.reader === 'browser') return can(one, 'browserApi') ? [] : [cost(one, 'browserApi', 1)];
  if (mode === 'chunked') return [];
  return [{ text: 'needs a parser or library outside of browsers', weight: 1, source: 'docs/clients.md' }];
}

function resuming(one: Case): Cost[] {
  const { mode, asked } = one;
  if (asked.resume === 'no' || asked.plainText) return [];
  if (mode === 'sse' && asked.reader !== 'browser')
    return [cost(one, 'resumesByItself', 1, 'resuming is the client’s work')];
  return can(one, 'resumesByItself') ? [] : [cost(one, 'resumesByItself', 1)];
}

/** A stop is a request of its own in every mode; they differ in what a reader must know, and in what leaving means. */
function stopping({ mode, asked: { stop, plainText } }: Case): Cost[] {
  if (stop === 'no') return [];
  const weight = stop === 'required' ? 3 : 1;
  const source = 'docs/transports/polling.md';
  if (mode.endsWith('-poll')) return [{ text: 'nobody tells the server that a poller has left', weight, source }];
  if (mode === 'batch')
    return [{ text: 'a start of its own for the id, without which nothing can be stopped', weight, source }];
  return plainText ? [{ text: 'the id, for a stop, is only in a header', weight, source: 'docs/protocol.md' }] : [];
}

function talking(one: Case): Cost[] {
  if (!one.asked.bidirectional || can(one, 'bothWays')) return [];
  return [cost(one, 'bothWays', 3, 'each thing the reader says is a request of its own')];
}

function identity({ mode, asked: { auth, reader } }: Case): Cost[] {
  const source = 'docs/protocol.md, Authentication';
  if (auth === 'header' && reader === 'browser') {
    if (mode === 'websocket')
      return [{ text: 'a ticket for each handshake, as pages cannot add headers', weight: 1, source }];
    if (mode === 'sse') return [{ text: 'fetch in place of EventSource, which sends no headers', weight: 1, source }];
  }
  if (auth === 'cookie' && mode === 'websocket') {
    return [
      {
        text: 'a check of Origin: cookies come along from any page',
        weight: 1,
        source: 'docs/transports/websocket.md',
      },
    ];
  }
  if (auth === 'query' && mode.endsWith('-poll'))
    return [{ text: 'a ticket works once: one for each poll', weight: 3, source }];
  return auth === 'query' ? [{ text: 'a new ticket for each connection', weight: 1, source }] : [];
}

function sockets(one: Case): Cost[] {
  if (can(one, 'plainRequests')) return [];
  const status = {
    text: 'no status codes: refusals are messages and close codes',
    weight: 1,
    source: 'docs/transports/websocket.md',
  } as const;
  return one.asked.proxy === 'none' ? [status] : [status, cost(one, 'plainRequests', 1)];
}

function waiting(one: Case): Cost[] {
  const { mode, asked } = one;
  if (mode === 'batch')
    return [{ text: 'nothing is seen before the end', weight: 3, source: 'docs/transports/polling.md' }];
  const guess = asked.proxy === 'unknown' && !can(one, 'bufferingProxies');
  return guess ? [cost(one, 'bufferingProxies', 1)] : [];
}
