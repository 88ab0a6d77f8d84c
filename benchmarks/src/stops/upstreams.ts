import type { OpenAiUpstream, UpstreamRequest } from '@tokenwire/token-source/testing';

/** Finds the request that reached the model's server by its prompt, which is different in each. */
export class Upstreams {
  readonly #upstream: OpenAiUpstream;
  readonly #byPrompt = new Map<string, UpstreamRequest>();
  #seen = 0;

  constructor(upstream: OpenAiUpstream) {
    this.#upstream = upstream;
  }

  /** The request with this prompt, if it has come. */
  find(prompt: string): UpstreamRequest | undefined {
    const { requests } = this.#upstream;
    for (; this.#seen < requests.length; this.#seen += 1) {
      const request = requests[this.#seen];
      if (request) this.#byPrompt.set(promptOf(request), request);
    }
    return this.#byPrompt.get(prompt);
  }

  /** The request with this prompt, once it has come. */
  async callFor(prompt: string): Promise<UpstreamRequest> {
    for (;;) {
      const found = this.find(prompt);
      if (found) return found;
      await this.#upstream.received(this.#seen + 1);
    }
  }
}

function promptOf({ body }: UpstreamRequest): string {
  const messages = body['messages'] as readonly { readonly content: string }[];
  return messages.at(-1)?.content ?? '';
}
