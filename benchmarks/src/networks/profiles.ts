/** What a network does to packets. `docs/networks.md` shows the same figures. */
export interface Profile {
  readonly name: string;
  readonly title: string;
  /** There and back, milliseconds, without queues. */
  readonly rttMs: number;
  /** Each way is up to so much longer or shorter, evenly spread, milliseconds. Packets are never reordered. */
  readonly jitterMs: number;
  /** Bits a second from the server to the reader, and back; 0: no limit. */
  readonly downBps: number;
  readonly upBps: number;
  /** Share of packets that are lost, each way, independently of each other. */
  readonly loss: number;
  /** Where the figures come from. */
  readonly source: string;
}

const MEGABIT = 1_000_000;
const WEBPAGETEST = 'connectivity profiles of WebPageTest (connectivity.ini)';

export const PROFILES: readonly Profile[] = [
  {
    name: 'loopback',
    title: 'One machine',
    rttMs: 0,
    jitterMs: 0,
    downBps: 0,
    upBps: 0,
    loss: 0,
    source: 'nothing is added',
  },
  {
    name: 'broadband',
    title: 'Cable at home',
    rttMs: 28,
    jitterMs: 2,
    downBps: 5 * MEGABIT,
    upBps: MEGABIT,
    loss: 0,
    source: `Cable of the ${WEBPAGETEST}; the jitter is ours`,
  },
  {
    name: 'mobile',
    title: 'Phone on 4G',
    rttMs: 170,
    jitterMs: 20,
    downBps: 9 * MEGABIT,
    upBps: 9 * MEGABIT,
    loss: 0,
    source: `4G of the ${WEBPAGETEST}; the jitter is ours`,
  },
  {
    name: 'lossy',
    title: 'Bad Wi-Fi',
    rttMs: 40,
    jitterMs: 10,
    downBps: 20 * MEGABIT,
    upBps: 5 * MEGABIT,
    loss: 0.02,
    source: 'our choice: broadband behind a radio link that loses one packet in fifty after its own repetitions',
  },
  {
    name: 'satellite',
    title: 'Geostationary satellite',
    rttMs: 600,
    jitterMs: 10,
    downBps: 25 * MEGABIT,
    upBps: 3 * MEGABIT,
    loss: 0.001,
    source: 'RFC 2488, section 2: at least 558 ms there and back; rates and loss are our choice',
  },
];

/** @throws {Error} for a name that is none. */
export function profileNamed(name: string): Profile {
  const profile = PROFILES.find((one) => one.name === name);
  if (!profile) throw new Error(`no network profile ${name}; there are ${PROFILES.map((one) => one.name).join(', ')}`);
  return profile;
}
