import { gauge } from '../harness/answers.js';

/** How often it is looked at. */
const EVERY_MS = 2_000;

/** The most memory that the server has held. */
export class Memory {
  mostMegabytes = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(url: string) {
    const look = async (): Promise<void> => {
      const bytes = await gauge({ url }, 'process_resident_memory_bytes');
      this.mostMegabytes = Math.max(this.mostMegabytes, Math.round(bytes / 2 ** 20));
    };
    // A server that does not answer is noticed by those who read from it.
    this.#timer = setInterval(() => void look().catch(() => {}), EVERY_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
