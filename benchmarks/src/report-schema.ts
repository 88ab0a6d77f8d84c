/**
 * `node benchmarks/dist/report-schema.js` writes the JSON Schema of `report.json` to `benchmarks/report.schema.json`.
 * A test fails when the two differ.
 */
import { writeFileSync } from 'node:fs';

import { REPORT_SCHEMA } from './report/schema.js';

writeFileSync(new URL('../report.schema.json', import.meta.url), `${JSON.stringify(REPORT_SCHEMA, null, 2)}\n`);
