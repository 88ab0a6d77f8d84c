import type { ServerResponse } from 'node:http';
import type { RecordedRequest, UpstreamScript } from './openai-upstream.js';

const DEFAULT_TOKENS = 8;

/** Carries out `script` for the request with the given number, from 1. */
export function playScript(
  script: UpstreamScript,
  request: RecordedRequest,
  number: number,
  response: ServerResponse,
): void {
  if (script.silent) return;
  if (script.redirectTo !== undefined) {
    response.writeHead(307, { location: script.redirectTo }).end();
  } else if (script.status !== undefined && number <= (script.failures ?? Number.POSITIVE_INFINITY)) {
    const error = script.error ?? { message: 'A message from upstream.', type: 'fake_error', code: null };
    const headers = script.retryAfter === undefined ? {} : { 'retry-after': script.retryAfter };
    response.writeHead(script.status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error }));
  } else {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...script.headers });
    response.flushHeaders();
    stream(script, request, response);
  }
}

/** Writes the steps one by one, each after its pause. */
function stream(script: UpstreamScript, request: RecordedRequest, response: ServerResponse): void {
  const steps = stepsOf(script);
  const { intervalMs = 0 } = script;
  let timer: NodeJS.Timeout | undefined;
  response.once('close', () => clearTimeout(timer));
  const next = (): void => {
    for (let step = steps.shift(); step; step = steps.shift()) {
      if (response.destroyed) return;
      if (step.token) request.tokensSent += 1;
      write(response, step.bytes, script.sliceBytes);
      if (step.token && intervalMs > 0) {
        timer = setTimeout(next, intervalMs);
        return;
      }
    }
    finish(script, response);
  };
  if (intervalMs > 0) timer = setTimeout(next, intervalMs);
  else next();
}

interface Step {
  readonly bytes: Uint8Array;
  readonly token: boolean;
}

function stepsOf(script: UpstreamScript): Step[] {
  const step = (data: string | Uint8Array, token = false): Step => ({ bytes: Buffer.from(data), token });
  const { tokens = DEFAULT_TOKENS, finishReason = 'stop' } = script;
  const texts = typeof tokens === 'number' ? Array.from({ length: tokens }, (_, i) => ` word${i}`) : tokens;
  const steps = [step(delta({ role: 'assistant', content: '' }))];
  for (const text of script.reasoning ?? []) steps.push(step(delta({ reasoning_content: text }), true));
  for (const text of texts) steps.push(step(delta({ content: text }, script.logprobs ? logprobsOf(text) : {}), true));
  for (const call of script.toolCalls ?? []) steps.push(step(delta({ tool_calls: [call] }), true));
  if (script.raw !== undefined) steps.push(step(script.raw));
  if (script.errorAfter) steps.push(step(event({ error: { message: 'Upstream broke.', type: 'server_error' } })));
  if (script.malformed) steps.push(step('data: {"choices":[{"delta":{"content":"secret\n\n'));
  if (script.truncate || script.stall || script.reset) return steps;
  if (finishReason !== null) steps.push(step(delta({}, { finish_reason: finishReason })));
  if (script.usage ?? true) steps.push(step(event({ choices: [], usage: usageOf(texts.length) })));
  steps.push(step(`data: [DONE]\n\n${script.afterDone ?? ''}`));
  return steps;
}

function finish(script: UpstreamScript, response: ServerResponse): void {
  if (script.reset) {
    response.socket?.resetAndDestroy();
  } else if (script.stall) {
    if (script.keepAliveMs === undefined) return;
    const timer = setInterval(() => response.write(': keep-alive\n\n'), script.keepAliveMs);
    response.once('close', () => clearInterval(timer));
  } else {
    response.end();
  }
}

function write(response: ServerResponse, bytes: Uint8Array, sliceBytes = bytes.length): void {
  for (let from = 0; from < bytes.length; from += sliceBytes) response.write(bytes.subarray(from, from + sliceBytes));
}

function delta(fields: object, choice: object = {}): string {
  return event({ choices: [{ index: 0, delta: fields, finish_reason: null, ...choice }] });
}

function event(fields: object): string {
  const chunk = { id: 'chatcmpl-fake', object: 'chat.completion.chunk', created: 0, model: 'fake', ...fields };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function logprobsOf(token: string): object {
  const top = [
    { token, logprob: -0.1, bytes: null },
    { token: ' other', logprob: -2.4, bytes: null },
  ];
  return { logprobs: { content: [{ token, logprob: -0.1, bytes: null, top_logprobs: top }], refusal: null } };
}

function usageOf(tokens: number): object {
  return { prompt_tokens: 11, completion_tokens: tokens, total_tokens: 11 + tokens };
}
