// @vitest-environment happy-dom
import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Markdown } from '../src/markdown/index.js';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const show = (text: string, streaming = false) => render(<Markdown text={text} streaming={streaming} />).container;

/** The only elements there may ever be, and the only attributes. */
const ELEMENTS = new Set('div p h1 h2 h3 h4 h5 h6 blockquote ul ol li pre code hr br em strong a span bdi'.split(' '));
const ATTRIBUTES = new Set(['class', 'href', 'title', 'target', 'rel', 'start']);

function expectHarmless(container: Element): void {
  for (const element of container.querySelectorAll('*')) {
    expect(ELEMENTS).toContain(element.localName);
    for (const { name, value } of element.attributes) {
      expect(ATTRIBUTES).toContain(name);
      if (name === 'href') expect(value).toMatch(/^(?:https?:\/\/|mailto:)/);
      if (name === 'class') expect(value).toMatch(/^(?:tokenwire-[a-z]+|language-\S*)$/);
    }
    if (element.localName === 'a') expect(element.getAttribute('rel')).toBe('noopener noreferrer nofollow');
  }
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  'a <img src=x onerror=alert(1)> b',
  '<iframe src="https://evil.test"></iframe>',
  '<svg onload=alert(1)><a xlink:href="javascript:alert(1)">x</a></svg>',
  '<style>*{display:none}</style>',
  '<link rel=stylesheet href=https://evil.test>',
  '<meta http-equiv=refresh content="0;url=https://evil.test">',
  '<base href="https://evil.test/">',
  '<form action=https://evil.test><input name=password></form>',
  '<div style="position:fixed;inset:0">x</div>',
  '<!-- --><script>alert(1)</script>',
  '<![CDATA[<script>alert(1)</script>]]>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](<java\nscript:alert(1)>)',
  '[x](&#106;avascript:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](vbscript:msgbox)',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](file:///etc/passwd)',
  '[x](blob:https://host.test/1)',
  '[x](//evil.test/a)',
  '[x](/account/delete)',
  '[x](?delete=1)',
  '[x](#top)',
  '[x]()',
  '<javascript:alert(1)>',
  '[x][r]\n\n[r]: javascript:alert(1)',
  '![x](https://evil.test/?q=secret)',
  '![x](data:image/svg+xml,<svg onload=alert(1)>)',
  '![x](javascript:alert(1) "title")',
  '![x][r]\n\n[r]: https://evil.test/p.png',
  '[![x](https://evil.test/p.png)](https://evil.test)',
  '![<img src=x>](x)',
  '[<img src=x onerror=alert(1)>](https://host.test)',
  '[x](https://host.test "\\" onmouseover=\\"alert(1)")',
  '[x](https://host.test/"onmouseover="alert(1)")',
  '```"><script>alert(1)</script>\ncode\n```',
  '```js onload=alert(1) class=x\ncode\n```',
  '`<script>alert(1)</script>`',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '# <script>alert(1)</script>',
  '| a |\n| - |\n| <script>x</script> |',
  'a\0b\u202eevil\u202c\ufeff\u2028\u2029',
  '\u001b[2J',
  '__proto__ constructor [__proto__][] [constructor]: x',
  '\ud800 lone \udfff',
];

describe('what a model may not do', () => {
  test.each(HOSTILE)('%j is text', (text) => {
    for (const streaming of [false, true]) {
      const container = show(text, streaming);
      expectHarmless(container);
      cleanup();
    }
  });

  test('all of it together, in every prefix', () => {
    const text = HOSTILE.join('\n\n');
    const { container, rerender } = render(<Markdown text="" streaming />);
    for (let end = 0; end <= text.length; end += 7) {
      rerender(<Markdown text={text.slice(0, end)} streaming />);
      expectHarmless(container);
    }
  });

  test('HTML is shown as it was written', () => {
    expect(show('a <b onclick="x()">c</b>').textContent).toBe('a <b onclick="x()">c</b>');
    expect(show('<script>\n\nalert(1)\n</script>').textContent).toBe('<script>\n\nalert(1)\n</script>');
  });

  test('a picture is its description and its address, and no request', () => {
    const fetch = vi.spyOn(globalThis, 'fetch');
    const container = show('![a cat](https://evil.test/?q=secret)');
    expect(container.textContent).toBe('a cat (https://evil.test/?q=secret)');
    expect(container.querySelector('a, img, link')).toBeNull();
    expect(document.head.querySelector('link')).toBeNull();
    expect(fetch).not.toHaveBeenCalled();
  });

  test('a picture’s address is not a megabyte of text', () => {
    expect(show(`![x](data:image/png;base64,${'A'.repeat(20_000)})`).textContent?.length).toBeLessThan(250);
  });
});

describe('links', () => {
  const link = (text: string) => show(text).querySelector('a');

  test.each([
    ['[the bank](https://evil.test/login)', 'https://evil.test/login', 'the bank (evil.test)'],
    ['[https://bank.test](https://evil.test)', 'https://evil.test/', 'https://bank.test (evil.test)'],
    ['[x](https://bank.test@evil.test:8080/)', 'https://bank.test@evil.test:8080/', 'x (evil.test:8080)'],
    ['[x](https://bаnk.test)', 'https://xn--bnk-6cd.test/', 'x (xn--bnk-6cd.test)'],
    ['[mail](mailto:a@b.test?subject=x)', 'mailto:a@b.test?subject=x', 'mail (a@b.test)'],
    ['[**bold**](http://host.test)', 'http://host.test/', 'bold (host.test)'],
    ['<https://host.test/a>', 'https://host.test/a', 'https://host.test/a'],
    ['<a@b.test>', 'mailto:a@b.test', 'a@b.test'],
    ['[host.test](https://host.test/a)', 'https://host.test/a', 'host.test'],
  ])('%s says where it leads', (text, href, shown) => {
    const found = link(text);
    expect(found?.getAttribute('href')).toBe(href);
    expect(found?.title).toBe(href);
    expect(found?.textContent).toBe(shown);
    expect(found?.getAttribute('target')).toBe('_blank');
  });

  test('one that may not be followed shows its address', () => {
    expect(show('[x](javascript:alert(1))').textContent).toBe('x (javascript:alert(1))');
    expect(show('[x](/account/delete)').textContent).toBe('x (/account/delete)');
  });

  test('a direction of writing that is turned does not reach the address', () => {
    const [label, address] = link('[\u202e moc](https://evil.test)')?.querySelectorAll('bdi') ?? [];
    expect(label?.textContent).toBe('\u202e moc');
    expect(address?.textContent).toBe('(evil.test)');
  });
});

describe('what would hold up the page is shown as it was written', () => {
  test.each([
    ['quotes in quotes', '> '.repeat(5_000)],
    ['lists in lists', '- '.repeat(5_000)],
    ['numbered lists', '1. '.repeat(5_000)],
    ['all of them in turn', '> - 1) * '.repeat(1_000)],
    ['lists by indentation', Array.from({ length: 120 }, (_, i) => `${'  '.repeat(i)}- a`).join('\n')],
    ['emphasis in emphasis', '*a '.repeat(2_000) + 'a* '.repeat(2_000)],
    ['emphasis over lines', '**a\n'.repeat(2_000)],
    ['less of it, that is parsed', '*a '.repeat(300) + 'a* '.repeat(300)],
    ['sheer length', '*b* '.repeat(10_000)],
  ])('%s', (_, text) => {
    const container = show(text);
    expect(container.textContent).toBe(text);
    expect([...(container.firstElementChild?.children ?? [])].map(({ localName }) => localName)).toEqual(['pre']);
  });

  test('what people write is not', () => {
    const depth = 12;
    const quotes = `${'> '.repeat(depth)}deep`;
    const lists = Array.from({ length: depth }, (_, i) => `${'  '.repeat(i)}- **a** \`b\``).join('\n');
    const table = Array.from({ length: 200 }, (_, i) => `- **item ${i}**: some _text_ of it`).join('\n');
    const code = `\`\`\`c\n${'  char *argument, **pointers;\n'.repeat(200)}\`\`\``;
    const rule = `- a\n\n${'-'.repeat(120)}\n\n${'*'.repeat(120)}\n\n+${'-----+'.repeat(30)}`;
    for (const text of [quotes, lists, table, code, rule]) {
      const plain = [...show(text).querySelectorAll('pre')].filter((pre) => pre.querySelector('code') === null);
      expect(plain.map((pre) => pre.textContent)).toEqual([]);
    }
  });

  test('only the piece that is too long, and not what came before it', () => {
    const text = `*a*\n\n${'*b* '.repeat(10_000)}`;
    const container = show(text);
    expect(container.querySelectorAll('em')).toHaveLength(1);
    expect(container.querySelector('pre')?.textContent).toBe(text.slice(5));
  });
});

test('the class of the element around it', () => {
  const { container } = render(<Markdown text="a" className="answer" />);
  expect(container.innerHTML).toBe('<div class="answer"><p>a</p></div>');
});
