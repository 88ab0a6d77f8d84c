import type { OpenStream } from '@tokenwire/client-kit';
import type { GenerationRequest } from '@tokenwire/protocol';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { AnswerStore, IDLE } from './answer-store.js';
import type { UseTokenStream, UseTokenStreamOptions } from './types.js';

/**
 * Reads an answer in a component: `const { text, status, stop } = useTokenStream(streamSse, { prompt }, { url })`.
 *
 * - It renders at most once a frame, whatever the rate of tokens.
 * - `request` is compared by value. Another one (or another `run`) leaves the old answer and asks anew; undefined asks
 *   nothing. All other options may change at any time and restart nothing: callbacks are used at once, what a
 *   connection is made with counts from the next stream on.
 * - Another `open` reads the same answer on over that transport, strictly after the last event. So it must be the same
 *   function in each render: one of a module, or from `useCallback`.
 * - Unmounting leaves the answer and does not stop it. Nothing is thrown: `error` says why reading has ended too early.
 */
export function useTokenStream(
  open: OpenStream,
  request: GenerationRequest | undefined,
  options: UseTokenStreamOptions,
): UseTokenStream {
  const { after, run = '' } = options;
  const text = useMemo(() => JSON.stringify([request, after, run]), [request, after, run]);
  const begin = () => ({ text, store: new AnswerStore({ request, after, text }, { open, options }) });
  const [held, setHeld] = useState(begin);
  // Changed during the render, so that no answer is ever seen beside a question that is not its own.
  const current = held.text === text ? held : begin();
  if (current !== held) setHeld(current);
  const { store } = current;

  const latest = useRef(store);
  useEffect(() => {
    latest.current = store;
    store.update({ open, options });
  });
  useEffect(() => store.attach(), [store]);

  const answer = useSyncExternalStore(store.subscribe, store.getSnapshot, idle);
  const [actions] = useState(() => ({
    stop: () => latest.current.stop(),
    detach: () => latest.current.detach(),
    resume: () => latest.current.resume(),
  }));
  return useMemo(() => ({ ...answer, ...actions }), [answer, actions]);
}

const idle = () => IDLE;
