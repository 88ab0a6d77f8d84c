import { TokenwireError } from '@tokenwire/protocol';
import { DEFAULT_CADENCE, timetable } from './cadence.js';
import { chatSource } from './openai.js';
import { createAgents } from './openai/http.js';
import { DEFAULT_UPSTREAM_LIMITS, type UpstreamLimits } from './openai/limits.js';
import type { Endpoint } from './openai/upstream-call.js';
import { paced } from './paced.js';
import { RecordingLibrary, RECORDINGS_DIR, replaySource } from './replay.js';
import { SIM_MODELS, simSource } from './sim.js';
import type { TokenSource } from './source.js';
import type { SourcesConfig, UpstreamConfig } from './sources-config.js';
import { tinyPieces } from './tiny/tiny.js';

/** The models that one server answers with. */
export interface Sources {
  /**
   * The source behind a model's full name. Nothing is opened yet.
   * @throws {TokenwireError} `unknown_model` for every name that is not configured; the message lists those that
   * are, in at most 200 characters, and never repeats the name. `internal` for a recording that is damaged.
   */
  resolve(model: string): TokenSource;
  /** What is configured. `openai/*` stands for any model of that provider. Recordings are looked up anew. */
  list(): string[];
  /** Closes idle connections to upstreams. Sources already resolved stay usable. */
  close(): void;
}

/** What may follow the slash: 1 to 120 characters, and no `..`. */
const MODEL_PART = /^(?!.*\.\.)[A-Za-z0-9._:/-]{1,120}$/;
const MAX_MESSAGE = 200;
const OPENAI_URL = 'https://api.openai.com/v1';

/**
 * The models of one server: `tiny`, `sim…` and recordings always, upstreams as configured.
 * @throws {TypeError} for a base URL or a model name that cannot work; it names the setting, not its value.
 */
export function createSources(config: SourcesConfig = {}): Sources {
  const recordings = new RecordingLibrary(
    config.recordingsDir === undefined ? [RECORDINGS_DIR] : [config.recordingsDir, RECORDINGS_DIR],
  );
  const upstreams = {
    openai: config.openai && new Upstream('openai', { baseUrl: OPENAI_URL, ...config.openai }, config.limits),
    compatible: config.compatible && new Upstream('compatible', config.compatible, config.limits),
  };
  const embedded = new Map<string, TokenSource>([
    ['tiny', tinySource],
    ...SIM_MODELS.map((model) => [model, simSource(model)] as const),
  ]);
  const list = (): string[] => [
    ...embedded.keys(),
    ...recordings.names().map((name) => `replay/${name}`),
    ...(upstreams.openai?.names() ?? []),
    ...(upstreams.compatible?.names() ?? []),
  ];
  const find = (model: string): TokenSource | undefined => {
    const known = embedded.get(model);
    if (known) return known;
    const slash = model.indexOf('/');
    const [kind, name] = [model.slice(0, Math.max(0, slash)), model.slice(slash + 1)];
    if (kind === 'openai' || kind === 'compatible') return upstreams[kind]?.find(name);
    const recording = kind === 'replay' ? recordings.find(name) : undefined;
    return recording && replaySource(recording);
  };
  return {
    list,
    resolve: (model) => find(model) ?? refuse(list()),
    close: () => Object.values(upstreams).forEach((upstream) => upstream?.close()),
  };
}

/** The embedded language model, at the request's cadence, default `typical`. */
const tinySource: TokenSource = (request, context) =>
  paced(tinyPieces(request), timetable(request.cadence ?? DEFAULT_CADENCE, request.seed), context);

class Upstream {
  readonly #kind: 'openai' | 'compatible';
  readonly #endpoint: Endpoint;
  readonly #allowed: readonly string[] | undefined;

  constructor(
    kind: 'openai' | 'compatible',
    config: UpstreamConfig & { readonly baseUrl: string },
    limits: Partial<UpstreamLimits> = {},
  ) {
    if (!isBaseUrl(config.baseUrl)) {
      throw new TypeError(`${kind}.baseUrl must be an http or https URL without credentials, query or fragment.`);
    }
    if (!config.models?.every((model) => MODEL_PART.test(model)) && config.models) {
      throw new TypeError(`${kind}.models holds a name that is not allowed: use A-Z a-z 0-9 . _ : / -`);
    }
    this.#kind = kind;
    this.#allowed = config.models;
    this.#endpoint = {
      baseUrl: config.baseUrl,
      ...(config.apiKey === undefined ? {} : { apiKey: config.apiKey }),
      limits: { ...DEFAULT_UPSTREAM_LIMITS, ...limits, ...config.limits },
      agents: createAgents(),
    };
  }

  names(): string[] {
    return (this.#allowed ?? ['*']).map((model) => `${this.#kind}/${model}`);
  }

  find(model: string): TokenSource | undefined {
    if (!MODEL_PART.test(model) || (this.#allowed && !this.#allowed.includes(model))) return undefined;
    return chatSource(model, this.#kind, this.#endpoint);
  }

  close(): void {
    this.#endpoint.agents.close();
  }
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && !(username || password || search || hash);
}

function refuse(models: readonly string[]): never {
  const message = `This server has no such model. It has: ${models.join(', ')}`;
  throw new TokenwireError(
    'unknown_model',
    message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message,
  );
}
