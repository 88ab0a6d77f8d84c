import { readdirSync, readFileSync } from 'node:fs';

/** One text of the corpus, and the prompt that it answers. */
export interface Passage {
  /** What somebody asked. `<unknown>` stands for any word that the corpus does not have. */
  readonly prompt: string;
  /** The answer: one or more paragraphs with an empty line between them, trimmed. */
  readonly text: string;
}

/** The same place seen from `src/tiny` and from `dist/tiny`. */
const FOLDER = new URL('../../corpus/', import.meta.url);

/** All passages, in the order of the files' names. In a file, a line that begins with `> ` opens a passage. */
export function readCorpus(): readonly Passage[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
  return names.sort().flatMap((name) => parsePassages(readFileSync(new URL(name, FOLDER), 'utf8')));
}

/** The passages of one file. Text before the first prompt is left out. */
export function parsePassages(file: string): readonly Passage[] {
  const blocks = file.replaceAll('\r\n', '\n').split(/^> /m).slice(1);
  return blocks.map((block) => {
    const [prompt = '', ...lines] = block.split('\n');
    return { prompt, text: lines.join('\n').trim() };
  });
}
