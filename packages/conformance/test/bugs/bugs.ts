import type { Bug } from './bug.js';
import { CLIENT_BUGS } from './client-bugs.js';
import { LOG_BUGS } from './log-bugs.js';
import { SERVER_BUGS } from './server-bugs.js';
import { SOURCE_BUGS } from './source-bugs.js';

/** All planted bugs: the kit must find every one. */
export const BUGS: readonly Bug[] = [...LOG_BUGS, ...SERVER_BUGS, ...SOURCE_BUGS, ...CLIENT_BUGS];
