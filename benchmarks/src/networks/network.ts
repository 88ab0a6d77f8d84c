/** A network between server and generator, as one of the profiles describes it. */
export interface Network {
  /** Name of its profile: `loopback`, `broadband`, `mobile`, `lossy`, `satellite`. */
  readonly name: string;
  /** How it is made on this machine, for the manifest: `packets: …`, or `above TCP, no loss: …`. */
  readonly how: string;
  /**
   * Makes it. Nothing of the host's own network is touched.
   * @throws {InvalidMeasurement} when the system refuses.
   */
  open(): Promise<OpenNetwork>;
}

/** A network that is there. Server and generator have to be started inside, by `prefix`. */
export interface OpenNetwork {
  /** Words before the command of a process, by its role: `ip netns exec NAME`. Empty: none. */
  readonly prefix: Readonly<Record<'server' | 'generator', readonly string[]>>;
  /** URL at which the generator reaches `serverUrl`, which the server has printed: through the network. */
  through(serverUrl: string): Promise<string>;
  /** URL at which this process reaches `serverUrl`, beside the network: for questions about a trial that is over. */
  beside(serverUrl: string): Promise<string>;
  /** Processor time of the network's own processes so far, microseconds: part of the trial, not of what disturbs it. */
  cpuUs(): number;
  /** Removes everything. The processes inside have to be ended first by those who started them. */
  close(): Promise<void>;
}
