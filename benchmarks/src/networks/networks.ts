import { aboveTcp, loopback } from './above-tcp.js';
import type { Network } from './network.js';
import { packets, packetsHere, sweep } from './packets.js';
import { PROFILES, profileNamed } from './profiles.js';

/**
 * All networks, each as well as this machine can make it: of packets in network namespaces, or else above TCP.
 * Takes half a second, and clears away what killed processes have left behind.
 */
export async function findNetworks(): Promise<readonly Network[]> {
  if (process.platform === 'linux') await sweep();
  const here = await packetsHere(profileNamed('lossy'));
  return PROFILES.map((profile) => {
    if (profile.name === 'loopback') return loopback(profile);
    return typeof here === 'string' ? packets(profile, here) : aboveTcp(profile, here.why);
  });
}
