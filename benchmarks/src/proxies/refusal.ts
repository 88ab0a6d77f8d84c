import { randomBytes } from 'node:crypto';
import { request } from 'node:http';

const LIMIT_MS = 5_000;

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'tokenwire.v1',
};

/**
 * Opens an answer in a mode by hand, and tells what came instead: what a client calls a lost connection is mostly a
 * status that it must not see (a browser's WebSocket tells no page of it).
 * @returns `426 to the upgrade`; empty when nothing is wrong with the opening.
 */
export function refusalOf(url: string, mode: string): Promise<string> {
  const socket = mode === 'websocket';
  const headers = socket ? { ...UPGRADE, 'sec-websocket-key': randomBytes(16).toString('base64') } : {};
  return new Promise((resolve) => {
    const req = request(`${url}/${socket ? 'generations' : 'readyz'}`, { headers, timeout: LIMIT_MS });
    const settle = (said: string): void => {
      req.destroy();
      resolve(said);
    };
    req.on('upgrade', () => settle(''));
    req.on('response', ({ statusCode = 0 }) => {
      if (socket) settle(`${statusCode} to the upgrade`);
      else settle(statusCode === 200 ? '' : `${statusCode} to a request`);
    });
    req.on('timeout', () => settle('no answer'));
    req.on('error', (error) => settle(error.message));
    req.end();
  });
}
