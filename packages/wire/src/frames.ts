import { PlainContent, type Content, type ContentRules } from './content.js';
import { CONTROL_OPCODE, describeFrame, frameHeaderOf, frameHeaderSize, type FrameHeader } from './frame-bits.js';
import { JsonContent } from './json.js';
import { meaning, type Meaning, type Tape } from './tape.js';

// In browsers, Node, Deno, Bun and workers alike; declared here because this package has no DOM and no Node types.
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

const MASK = meaning('frame-mask', 'framing', 'mask: the payload is XORed with it');
const SAID = meaning('json', 'envelope', 'what the client says');
const BINARY = meaning('body', 'framing', 'binary data');
const COMPRESSED = meaning('body', 'coded', 'compressed (RFC 7692)');
const CUT = meaning('unknown', 'framing', 'the connection ended inside of a frame');
const MASK_BYTES = 4;
/** RFC 6455, section 5.5: a control frame's payload is not longer. */
const CONTROL_LIMIT = 125;
/** RFC 6455, section 7.4.1, and those of IANA's registry. */
const CLOSE_CODES: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
};

/** Reads WebSocket frames (RFC 6455, section 5) of one direction. */
export class FrameReader {
  #header: number[] = [];
  #frame: FrameHeader | undefined;
  #mask: number[] = [];
  #position = 0;
  /** Payload of a control frame, without its mask. */
  #control: number[] = [];
  #message: Content | undefined;
  #broken: Meaning | undefined;

  readonly tape: Tape;
  readonly rules: ContentRules;

  constructor(tape: Tape, rules: ContentRules) {
    this.tape = tape;
    this.rules = rules;
  }

  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += this.#step(bytes, at);
  }

  end(): void {
    this.#message?.end();
    this.tape.tellRest('outer', CUT);
    this.tape.tellRest('content', CUT);
  }

  #step(bytes: Uint8Array, at: number): number {
    if (this.#broken) {
      this.tape.put('outer', bytes.subarray(at));
      this.tape.tellRest('outer', this.#broken);
      return bytes.length - at;
    }
    const frame = this.#frame;
    if (!frame) return this.#readHeader(bytes.subarray(at, at + 1));
    if (frame.masked && this.#mask.length < MASK_BYTES) return this.#readMask(bytes.subarray(at, at + 1), frame);
    const payload = bytes.subarray(at, at + frame.length - this.#position);
    this.#readPayload(payload, frame);
    return payload.length;
  }

  #readHeader(byte: Uint8Array): number {
    this.tape.put('outer', byte);
    this.#header.push(...byte);
    const header = Uint8Array.from(this.#header);
    if (header.length !== frameHeaderSize(header)) return 1;
    this.#header = [];
    const frame = frameHeaderOf(header);
    const problem = frame ? problemOf(frame) : 'length above 2⁵³';
    if (!frame || problem !== undefined) {
      this.#broken = meaning('unknown', 'framing', `no WebSocket frame: ${problem}`);
      this.tape.tellRest('outer', this.#broken);
      return 1;
    }
    this.tape.tellRest('outer', meaning('frame-header', 'framing', describeFrame(frame)));
    [this.#frame, this.#mask, this.#position, this.#control] = [frame, [], 0, []];
    if (frame.opcode < CONTROL_OPCODE) this.#openMessage(frame);
    if (!frame.masked && frame.length === 0) this.#endFrame(frame);
    return 1;
  }

  #openMessage(frame: FrameHeader): void {
    if (frame.opcode === 0 && this.#message) return;
    this.#message?.end();
    this.#message = this.#contentOf(frame);
  }

  #contentOf({ rsv1, opcode }: FrameHeader): Content {
    const { tape, rules } = this;
    if (rsv1) return new PlainContent(tape, COMPRESSED);
    if (opcode === 0) return new PlainContent(tape, meaning('unknown', 'framing', 'continues no message'));
    if (tape.way === 'up') return new PlainContent(tape, SAID);
    if (opcode === 1) return new JsonContent(tape, 'message', rules.texts, rules.limitBytes);
    return new PlainContent(tape, BINARY);
  }

  #readMask(byte: Uint8Array, frame: FrameHeader): number {
    this.tape.put('outer', byte);
    this.#mask.push(...byte);
    if (this.#mask.length === MASK_BYTES) {
      this.tape.tellRest('outer', MASK);
      if (frame.length === 0) this.#endFrame(frame);
    }
    return 1;
  }

  #readPayload(payload: Uint8Array, frame: FrameHeader): void {
    const clear = frame.masked ? payload.map((byte, index) => byte ^ this.#maskAt(index)) : payload;
    this.#position += payload.length;
    const unmasked = frame.masked ? clear : undefined;
    if (frame.opcode >= CONTROL_OPCODE) {
      this.tape.put('outer', payload, unmasked);
      this.#control.push(...clear);
    } else {
      this.tape.put('content', payload, unmasked);
      this.#message?.read(clear);
    }
    if (this.#position === frame.length) this.#endFrame(frame);
  }

  #maskAt(index: number): number {
    return this.#mask[(this.#position + index) % MASK_BYTES] ?? 0;
  }

  #endFrame(frame: FrameHeader): void {
    this.#frame = undefined;
    if (frame.opcode >= CONTROL_OPCODE) {
      this.tape.tellRest('outer', meaning('frame-control', 'framing', controlNote(frame, this.#control)));
    } else if (frame.fin) {
      this.#message?.end();
      this.#message = undefined;
    }
  }
}

function problemOf({ opcode, opcodeName, length, fin }: FrameHeader): string | undefined {
  if (opcodeName === 'reserved') return `reserved opcode ${opcode}`;
  if (opcode < CONTROL_OPCODE) return undefined;
  if (!fin) return 'a control frame in fragments';
  return length > CONTROL_LIMIT ? 'a control frame above 125 bytes' : undefined;
}

function controlNote({ opcodeName }: FrameHeader, payload: readonly number[]): string {
  if (opcodeName !== 'close') return opcodeName === 'ping' ? 'comes back in the pong' : "the ping's payload";
  const code = (payload[0] ?? 0) * 256 + (payload[1] ?? 0);
  const words = CLOSE_CODES[code] ?? (code >= 4000 ? "the application's own" : 'no registered code');
  const reason = new TextDecoder().decode(Uint8Array.from(payload.slice(2)));
  return `close code ${code}: ${words}${reason === '' ? '' : `, reason: ${reason}`}`;
}
