// Loaded with `node --import`: plants the bug that the variable PLANTED_BUG describes, a JSON list of edits, into the
// built files of the process. Files are not changed: their text is, while it is loaded.
import { register } from 'node:module';

const edits = JSON.parse(process.env['PLANTED_BUG'] ?? '[]');
register('./plant-hooks.mjs', import.meta.url, { data: edits });
