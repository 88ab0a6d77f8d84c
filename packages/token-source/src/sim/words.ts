import type { Piece } from '../source.js';

const WORDS = (
  'a about above across after again air all along always among an and any around as at autumn away back be bed ' +
  'before began below between bird blue boat both bread bridge bright by call came can carry clear close cloud cold ' +
  'come could day deep did door down each early earth east end even evening every eye fall far few field find fire ' +
  'first fish five floor flow follow for forest found four from full garden gave give glass go gold grass great green ' +
  'grew had half hand harbour has have he head hear held help her here high hill his hold home hour house how if in ' +
  'into iron is island it its keep kind know lake land large last late lay leaf left less letter light like line ' +
  'little long look low made make many map mark may middle might mile milk moon more morning most mountain moved much ' +
  'must name near never new next night no north not now of off often old on once one only open or other our out over ' +
  'paper part path people piece place plain point quiet rain reach river road rock room round sail salt sand sea see ' +
  'seed seven ship shore short side six sky slow small snow so some song soon south spring star station stay still ' +
  'stone storm story street such summer sun table ten than that the their them then there they thin thing this three ' +
  'through tide time to town train tree turn two under until up upon very voice walk wall warm was watch water wave ' +
  'way we well west what wheat wheel when where which while white who wide will wind window winter with wood word work ' +
  'world would year yellow young'
).split(' ');

/**
 * Endless synthetic prose, a token a call: words with their leading space, commas, full stops, and a blank
 * line between paragraphs. The text means nothing; only its shape is that of an answer.
 */
export function proseTokens(random: () => number): () => string {
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  let wordsLeft = between(5, 16);
  let sentencesLeft = between(2, 5);
  let start: 'paragraph' | 'sentence' | undefined = 'paragraph';
  let comma = false;
  return () => {
    if (start) {
      const opening = capitalised(word());
      const token = start === 'paragraph' ? opening : ` ${opening}`;
      start = undefined;
      return token;
    }
    if (wordsLeft > 0) {
      wordsLeft -= 1;
      comma = !comma && wordsLeft > 2 && random() < 0.1;
      return comma ? ',' : ` ${word()}`;
    }
    if (sentencesLeft === 0) {
      [wordsLeft, sentencesLeft, start] = [between(5, 16), between(2, 5), 'paragraph'];
      return '\n\n';
    }
    sentencesLeft -= 1;
    if (sentencesLeft > 0) [wordsLeft, start] = [between(5, 16), 'sentence'];
    return '.';
  };
}

/** A text piece with `dueMs` from the beginning, so that setting it later does not change the object's shape. */
export function textPiece(text: string): Piece {
  return { type: 'text', text, dueMs: 0 };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
