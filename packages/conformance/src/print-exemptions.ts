// `npm run exemptions -w @tokenwire/conformance`: which requirement is not asked of which mode, and why.
import { exemptionTable } from './matrix.js';

process.stdout.write(`${exemptionTable()}\n`);
