type Note = string | ((value: string) => string);

/** What headers are for, in a few words. Names are in lower case. */
const NOTES: Readonly<Record<string, Note>> = {
  'transfer-encoding': (value) =>
    value.toLowerCase() === 'chunked'
      ? 'the body comes in chunks; its length is not known yet'
      : 'how the body is sent',
  'content-length': (value) => `the body is ${value} bytes`,
  'content-type': (value) => contentType(value.split(';')[0]?.trim().toLowerCase() ?? ''),
  'content-encoding': 'the body is compressed',
  'cache-control': cacheControl,
  'x-accel-buffering': (value) => (value === 'no' ? 'asks nginx not to buffer' : 'lets nginx buffer'),
  incremental: 'asks proxies to forward piece by piece',
  'tokenwire-generation': 'the id of the answer: to resume or stop it',
  connection: (value) => {
    const words = value.toLowerCase();
    if (words.includes('upgrade')) return 'Upgrade is for the next hop alone';
    return words.includes('close') ? 'ends after this exchange' : 'stays open for the next request';
  },
  'keep-alive': 'how long the idle connection is kept',
  upgrade: 'the protocol to switch to',
  'sec-websocket-key': 'random; proves that the server speaks WebSocket',
  'sec-websocket-accept': 'SHA-1 of the key and a fixed text',
  'sec-websocket-version': '13 is RFC 6455',
  'sec-websocket-protocol': 'what is spoken inside of the messages',
  'sec-websocket-extensions': 'such as compression of messages',
  accept: 'which types the client can read',
  'accept-encoding': 'which compressions the client can read',
  'last-event-id': 'the cursor: go on after this event',
  'idempotency-key': 'sent twice, it starts one answer',
  'retry-after': 'when to try again',
  'x-content-type-options': 'browsers must not guess the type',
  vary: 'which request headers change the answer',
  allow: 'the methods that this resource has',
  'www-authenticate': 'how to sign in',
  host: 'which site is asked',
  origin: 'the site of the page that asks',
  'user-agent': 'the program that asks',
  date: 'when the server answered',
  location: 'where the resource is',
  etag: 'names this version',
  cookie: 'sent with every request of the site',
  authorization: 'who asks: a secret',
};

function contentType(type: string): string {
  const known: Readonly<Record<string, string>> = {
    'text/event-stream': 'Server-Sent Events',
    'application/x-ndjson': 'one JSON text a line',
    'application/json': 'one JSON text',
    'text/plain': 'text without any framing',
  };
  return known[type] ?? 'the type of the body';
}

function cacheControl(value: string): string {
  const words = [
    ...(value.includes('no-store') ? ['nobody keeps a copy'] : []),
    ...(value.includes('no-transform') ? ['no proxy changes or compresses it'] : []),
  ];
  return words.length > 0 ? words.join('; ') : 'who may keep a copy, and for how long';
}

/** What a header is for; `''` for one that is not known here. */
export function headerNote(name: string, value: string): string {
  if (!Object.hasOwn(NOTES, name)) return '';
  const note = NOTES[name] ?? '';
  return typeof note === 'string' ? note : note(value);
}
