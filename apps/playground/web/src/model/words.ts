import { END_OF_TEXT } from './distribution.js';

/** A probability for people: three digits at most, and never 0 or 100 for what is neither. */
export function percent(probability: number): string {
  const value = probability * 100;
  if (value >= 100 || value <= 0) return `${Math.round(value)} %`;
  if (value > 99.9) return '>99.9 %';
  if (value < 0.01) return '<0.01 %';
  return `${value.toFixed(value < 1 ? 2 : 1)} %`;
}

const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A token so that everything in it is seen: spaces, line ends, and what has no shape. */
export function visibleToken(token: string): string {
  if (token === END_OF_TEXT) return 'end of text';
  if (token === '') return 'nothing';
  return token.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\t', '⇥').replaceAll(CONTROLS, codePoint);
}

/** The same to be spoken: screen readers leave out signs such as `␣`. */
export function spokenToken(token: string): string {
  const words = token.trim();
  if (words !== '') return visibleToken(words);
  return /^ +$/.test(token) ? 'space' : visibleToken(token);
}

function codePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
