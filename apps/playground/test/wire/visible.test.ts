import { expect, test } from 'vitest';

import { hexOf, visible } from '../../web/src/wire/visible.js';

const shown = (bytes: Uint8Array) =>
  visible(bytes)
    .map(({ text, isSign }) => (isSign ? `[${text}]` : text))
    .join('');
const text = (value: string) => shown(new TextEncoder().encode(value));

test('what can be read stands as it is', () => {
  expect(text('data: Grüße 語 🎉')).toBe('data: Grüße 語 🎉');
});

test('line ends, tabs and controls have signs', () => {
  expect(text('a\r\n\tb\0\u007f')).toBe('a[CR][LF][TAB]b[0x00][0x7f]');
});

test('what would change the look of bytes is told by its code point', () => {
  expect(text('a\u202eb\u200bc\u2028d\ufeff')).toBe('a[U+202E]b[U+200B]c[U+2028]d[U+FEFF]');
});

test('bytes that are no UTF-8 are told one by one, also half a character', () => {
  expect(shown(Uint8Array.from([0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82]))).toBe('a[0xff][0xc3]([0xe2][0x82]');
  expect(shown(Uint8Array.from([0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x8e, 0x89]))).toBe('[0xed][0xa0][0x80]🎉');
});

test('bytes are written in hexadecimal', () => {
  expect(hexOf(Uint8Array.from([0x81, 0x7e, 0, 0xf4]))).toBe('81 7e 00 f4');
});
