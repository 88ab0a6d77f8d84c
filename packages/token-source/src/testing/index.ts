export {
  startOpenAiUpstream,
  type OpenAiUpstream,
  type UpstreamRequest,
  type UpstreamScript,
} from './openai-upstream.js';
