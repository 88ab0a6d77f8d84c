import type { UpstreamLimits } from './openai/limits.js';

/** One upstream. All of it comes from the server's operator. */
export interface UpstreamConfig {
  readonly apiKey?: string;
  /** Scheme `http` or `https`; with the version, as in `https://example.com/v1`. */
  readonly baseUrl?: string;
  /** Only these models, by the upstream's names. Default: any. */
  readonly models?: readonly string[];
  /** Win over those of all upstreams. */
  readonly limits?: Partial<UpstreamLimits>;
}

export interface SourcesConfig {
  /** Enables `openai/*`. `baseUrl` defaults to OpenAI's. */
  readonly openai?: UpstreamConfig & { readonly apiKey: string };
  /** Enables `compatible/*`: any server that speaks OpenAI's chat completions. */
  readonly compatible?: UpstreamConfig & { readonly baseUrl: string };
  /** Limits of all upstreams. Default: `DEFAULT_UPSTREAM_LIMITS`. */
  readonly limits?: Partial<UpstreamLimits>;
  /** Recordings beside those of this package; they win where names are equal. Default: none. */
  readonly recordingsDir?: string;
}

/**
 * Reads the configuration from environment variables; an empty one counts as not set.
 *
 * `OPENAI_API_KEY` enables `openai/*`, `OPENAI_BASE_URL` sends it elsewhere than to OpenAI (a gateway, for example),
 * `OPENAI_MODELS` (comma-separated) limits it to some models ·
 * `TOKENWIRE_COMPATIBLE_URL` enables `compatible/*`, `TOKENWIRE_COMPATIBLE_KEY` is its key, if it needs one ·
 * `TOKENWIRE_RECORDINGS_DIR` adds recordings.
 */
export function sourcesConfigFromEnv(env: Readonly<Record<string, string | undefined>>): SourcesConfig {
  const {
    OPENAI_API_KEY: openAiKey,
    OPENAI_BASE_URL: openAiUrl,
    OPENAI_MODELS: openAiModels,
    TOKENWIRE_COMPATIBLE_URL: compatibleUrl,
    TOKENWIRE_COMPATIBLE_KEY: compatibleKey,
    TOKENWIRE_RECORDINGS_DIR: recordingsDir,
  } = env;
  const models =
    openAiModels
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? [];
  return {
    ...(openAiKey
      ? {
          openai: {
            apiKey: openAiKey,
            ...(openAiUrl ? { baseUrl: openAiUrl } : {}),
            ...(models.length > 0 ? { models } : {}),
          },
        }
      : {}),
    ...(compatibleUrl
      ? { compatible: { baseUrl: compatibleUrl, ...(compatibleKey ? { apiKey: compatibleKey } : {}) } }
      : {}),
    ...(recordingsDir ? { recordingsDir } : {}),
  };
}
