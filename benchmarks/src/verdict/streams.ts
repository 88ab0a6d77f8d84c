import type { TraceSummary } from '../raw/manifest.js';
import type { RawStream } from '../raw/raw.js';

/**
 * What is wrong with a stream, as far as its raw line tells: a check that can be repeated on old data. A stream that
 * stops early may have been meant to, so only the harness knows whether tokens are missing at the end.
 *
 * @param trace what it played; undefined when the manifest does not know it.
 * @returns empty when nothing is.
 */
export function streamProblem(stream: RawStream, trace: TraceSummary | undefined): string {
  const { index, lost, doubled, transportUs, chunkTokens } = stream;
  const which = `stream ${index}`;
  const count = transportUs.length;
  if (lost > 0) return `${which}: ${lost} events are missing`;
  if (doubled > 0) return `${which}: ${doubled} events came twice or late`;
  const inChunks = chunkTokens.reduce((sum, tokens) => sum + tokens, 0);
  if (inChunks !== count) return `${which}: ${count} tokens, but ${inChunks} in chunks`;
  if (!trace) return '';
  if (count > trace.tokens) return `${which}: ${count} tokens came, the trace has ${trace.tokens}`;
  if (count === trace.tokens && stream.sha256 !== trace.textSha256)
    return `${which}: the text is not that of the trace`;
  return '';
}
