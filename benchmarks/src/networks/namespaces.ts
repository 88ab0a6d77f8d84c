/**
 * The commands that make a network of packets out of network namespaces. Pure data, so that it can be read and tested.
 *
 *   server ── tw0 ═══ the network ═══ tw0 ── generator
 *
 * Both sides have a namespace of their own, because packets between addresses of one namespace never leave `lo`, which
 * would also give both directions one rate. Servers listen on 127.0.0.1, and are not asked to do otherwise: what a
 * reader sends to 127.0.0.2 is led to the other side, and there to 127.0.0.1, by the kernel (nat).
 *
 * With netem, tw0 is the end of a veth pair. Without, it is the end of a VXLAN tunnel, which wraps each packet into a
 * UDP datagram; a third namespace lies between, in which a relay holds the datagrams back. TCP cannot tell the two
 * apart: shaking hands, slow start and repetitions take the time that they take on such a network.
 */
import type { Profile } from './profiles.js';

/** What delays packets. */
export type Delay = 'netem' | 'relay';

/** The namespaces of one network. `middle` is there with a relay only. */
export interface Names {
  readonly server: string;
  readonly reader: string;
  readonly middle: string;
}

type Side = 'server' | 'reader';

/** The port of VXLAN (RFC 7348), and its addresses in the middle and on the sides. */
export const VXLAN_PORT = 4789;
export const UNDERLAY = {
  server: { middle: '10.77.1.1', side: '10.77.1.2', link: 'to-server' },
  reader: { middle: '10.77.2.1', side: '10.77.2.2', link: 'to-reader' },
} as const;

const ADDRESS = { server: '10.77.0.1', reader: '10.77.0.2' } as const;
/** Locally administered. Known to both sides from the beginning, so that nobody has to ask (ARP) across the network. */
const HARDWARE = { server: '02:00:00:00:00:01', reader: '02:00:00:00:00:02' } as const;
/** Where readers find what listens on the server's 127.0.0.1. A loopback name, so no server takes it for a foreign host. */
export const FAR_HOST = '127.0.0.2';
/** A full Ethernet frame and its headers on the tunnel. */
const UNDERLAY_MTU = '1600';

export const inside = (namespace: string): readonly string[] => ['ip', 'netns', 'exec', namespace];

/** Namespaces that a network needs, to be made in this order and deleted whatever happens. */
export function namespacesOf({ server, reader, middle }: Names, delay: Delay): readonly string[] {
  return delay === 'relay' ? [server, reader, middle] : [server, reader];
}

/** Everything that has to be run, in order, once the namespaces are there. */
export function setupCommands(names: Names, profile: Profile, delay: Delay): readonly (readonly string[])[] {
  return [
    ...namespacesOf(names, delay).map((name) => ['ip', '-n', name, 'link', 'set', 'lo', 'up']),
    ...(delay === 'relay' ? tunnel(names) : veth(names)),
    ...(['server', 'reader'] as const).flatMap((side) => address(names, side)),
    ...nat(names),
    ...shape(names.server, profile.downBps, profile, delay),
    ...shape(names.reader, profile.upBps, profile, delay),
    ...lose(names, profile.loss, delay),
  ];
}

function veth({ server, reader }: Names): string[][] {
  return [['ip', 'link', 'add', 'tw0', 'netns', server, 'type', 'veth', 'peer', 'name', 'tw0', 'netns', reader]];
}

function tunnel(names: Names): string[][] {
  return (['server', 'reader'] as const).flatMap((side) => {
    const { middle, side: own, link } = UNDERLAY[side];
    const end = ['type', 'veth', 'peer', 'name', link, 'mtu', UNDERLAY_MTU, 'netns', names.middle];
    const vxlan = ['id', '1', 'local', own, 'remote', middle, 'dstport', String(VXLAN_PORT)];
    return [
      ['ip', 'link', 'add', 'under', 'mtu', UNDERLAY_MTU, 'netns', names[side], ...end],
      ['ip', '-n', names[side], 'addr', 'add', `${own}/30`, 'dev', 'under'],
      ['ip', '-n', names.middle, 'addr', 'add', `${middle}/30`, 'dev', link],
      ['ip', '-n', names[side], 'link', 'set', 'under', 'up'],
      ['ip', '-n', names.middle, 'link', 'set', link, 'up'],
      ['ip', '-n', names[side], 'link', 'add', 'tw0', 'mtu', '1500', 'type', 'vxlan', ...vxlan],
    ];
  });
}

function address(names: Names, side: Side): string[][] {
  const other = side === 'server' ? 'reader' : 'server';
  const neighbour = [ADDRESS[other], 'lladdr', HARDWARE[other], 'nud', 'permanent', 'dev', 'tw0'];
  return [
    // One packet is one packet: the kernel would hand on 64 KiB at once on links that never saw a wire.
    ['ip', '-n', names[side], 'link', 'set', 'tw0', 'gso_max_segs', '1'],
    ['ip', '-n', names[side], 'link', 'set', 'tw0', 'address', HARDWARE[side]],
    ['ip', '-n', names[side], 'addr', 'add', `${ADDRESS[side]}/30`, 'dev', 'tw0'],
    ['ip', '-n', names[side], 'link', 'set', 'tw0', 'up'],
    ['ip', '-n', names[side], 'neigh', 'add', ...neighbour],
    [...inside(names[side]), 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/conf/tw0/route_localnet'],
  ];
}

function nat({ server, reader }: Names): string[][] {
  const arrive = chain(
    'arrive',
    'nat hook prerouting priority -100',
    'iifname "tw0" ip protocol tcp dnat to 127.0.0.1',
  );
  const far = `ip daddr ${FAR_HOST} ip protocol tcp dnat to ${ADDRESS.server}`;
  const leave = chain('leave', 'nat hook output priority -100', far);
  const source = chain('source', 'nat hook postrouting priority 100', 'oifname "tw0" masquerade');
  return [
    [...inside(server), 'nft', arrive],
    [...inside(reader), 'nft', leave],
    [...inside(reader), 'nft', source],
  ];
}

/** A table with one chain with one rule, for `nft`. */
function chain(name: string, type: string, rule: string): string {
  return `table ip tw-${name} {\nchain ${name} {\ntype ${type};\n${rule}\n}\n}`;
}

/** Delay and rate of what one side sends. */
function shape(namespace: string, bps: number, { rttMs, jitterMs }: Profile, delay: Delay): string[][] {
  const add = [...inside(namespace), 'tc', 'qdisc', 'add', 'dev', 'tw0'];
  // Room for ten full frames, and a queue of 200 ms, as a home router has it.
  const tbf = ['tbf', 'rate', `${bps}bit`, 'burst', '15140', 'latency', '200ms'];
  if (delay === 'relay') return bps > 0 ? [[...add, 'root', ...tbf]] : [];
  const netem = ['netem', 'delay', `${rttMs / 2}ms`, `${jitterMs}ms`, 'limit', '100000'];
  const first = [...add, 'root', 'handle', '1:', ...netem];
  return bps > 0 ? [first, [...add, 'parent', '1:1', ...tbf]] : [first];
}

/**
 * Packets are dropped where they arrive. Dropped where they leave, TCP would be told, and would not have to notice. With
 * a relay they are dropped in the middle, before the kernel can join several into one.
 */
function lose({ server, reader, middle }: Names, loss: number, delay: Delay): string[][] {
  if (loss === 0) return [];
  const chance = `numgen random mod 10000 < ${Math.round(loss * 10_000)} counter drop`;
  const table = (match: string): string => chain('loss', 'filter hook input priority 0', `${match} ${chance}`);
  if (delay === 'relay') return [[...inside(middle), 'nft', table(`udp dport ${VXLAN_PORT}`)]];
  const arriving = table('iifname "tw0"');
  return [
    [...inside(server), 'nft', arriving],
    [...inside(reader), 'nft', arriving],
  ];
}
