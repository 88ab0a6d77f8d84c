// The browser's own readers, without any of our packages: what a page does that uses no library.
import type { GenerationRequest, ServerMessage, Snapshot, StreamEvent } from '@tokenwire/protocol';

export type NativeApi = 'EventSource' | 'fetch' | 'WebSocket';

/** Starts an answer, reads it from its beginning with one of the browser's interfaces, and tells what it should be. */
export async function readNatively(api: NativeApi, request: GenerationRequest) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const answer = await fetch('/generations', { method: 'POST', headers, body: JSON.stringify(request) });
  const { id } = (await answer.json()) as { id: string };
  const text = await READERS[api](id);
  const snapshot = (await (await fetch(`/generations/${id}?wait=10`)).json()) as Snapshot;
  return { text, whole: snapshot.text, status: snapshot.status };
}

const READERS: Record<NativeApi, (id: string) => Promise<string>> = {
  EventSource: (id) =>
    new Promise((resolve, reject) => {
      const source = new EventSource(`/generations/${id}/events?after=${id}.0`);
      let text = '';
      source.addEventListener('message', ({ data }) => {
        const event = JSON.parse(String(data)) as StreamEvent;
        text += textOf(event);
        if (event.type !== 'message_stop') return;
        source.close();
        resolve(text);
      });
      source.addEventListener('error', () => reject(new Error('EventSource failed')));
    }),

  async fetch(id) {
    const answer = await fetch(`/generations/${id}/events`, { headers: { Accept: 'application/x-ndjson' } });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let [text, rest] = ['', ''];
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (rest + part.value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') text += textOf(JSON.parse(line) as StreamEvent);
    }
    return text;
  },

  WebSocket: (id) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://${location.host}/generations`, 'tokenwire.v1');
      let text = '';
      socket.addEventListener('open', () => {
        socket.send(JSON.stringify({ type: 'attach', ref: 1, after: `${id}.0` }));
      });
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(String(data)) as ServerMessage;
        if (!('event' in message)) return;
        text += textOf(message.event);
        if (message.event.type !== 'message_stop') return;
        socket.close();
        resolve(text);
      });
      socket.addEventListener('error', () => reject(new Error('WebSocket failed')));
    }),
};

function textOf(event: StreamEvent): string {
  return event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '';
}
