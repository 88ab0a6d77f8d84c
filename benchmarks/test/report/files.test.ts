import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';

import { UsageError } from '../../src/compare/failures.js';
import { CSV_COLUMNS } from '../../src/report/csv.js';
import { prepareFolder, REPORT_FILES, writeReportFiles } from '../../src/report/files.js';
import type { LabReport } from '../../src/report/model.js';
import { REPORT_SCHEMA } from '../../src/report/schema.js';
import { makeReport } from './fixture.js';

const temporary = mkdtempSync(join(tmpdir(), 'tokenwire-report-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const report = makeReport({ hostile: true });

describe('the files of a report', () => {
  const folder = join(temporary, 'new', 'folder');
  const paths = writeReportFiles(folder, report);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  it('are all written, into a folder that is made', () => {
    expect(paths).toEqual(REPORT_FILES.map((name) => join(folder, name)));
    expect(readdirSync(folder).sort()).toEqual([...REPORT_FILES].sort());
    for (const name of REPORT_FILES) expect(read(name).length, name).toBeGreaterThan(100);
  });

  it('hold the whole report, numbers of a list on one line', () => {
    expect(JSON.parse(read('report.json'))).toEqual(report);
    expect(read('report.json')).toContain('"offsetsUs": [0,10000,20500,30250]');
  });

  it('cannot go where no folder can be, and that is said before anything is measured', () => {
    const file = join(temporary, 'file');
    writeFileSync(file, '');
    expect(() => prepareFolder(join(file, 'folder'))).toThrow(UsageError);
    expect(() => writeReportFiles(join(file, 'folder'), report)).toThrow(/cannot write to --out/);
  });
});

it('docs/reports.md names every file and every column', () => {
  const page = readFileSync(new URL('../../../docs/reports.md', import.meta.url), 'utf8');
  for (const name of [...REPORT_FILES, ...CSV_COLUMNS]) expect(page).toContain(`\`${name}\``);
});

describe('the schema of report.json', () => {
  // Formats are annotations in draft 2020-12, and ajv knows none by itself.
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true, validateFormats: false }).compile(
    REPORT_SCHEMA,
  );
  const faultsOf = (value: unknown): readonly string[] => {
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
  const plain = JSON.parse(JSON.stringify(report)) as LabReport;

  it('is what is published; `node benchmarks/dist/report-schema.js` writes it', () => {
    const published = readFileSync(fileURLToPath(new URL('../../report.schema.json', import.meta.url)), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(REPORT_SCHEMA)));
  });

  it('accepts a report, and one of which nothing was run', () => {
    expect(faultsOf(plain)).toEqual([]);
    const instrument = { aa: null, ceiling: {}, floor: {}, knownDelay: null, secondOpinion: null };
    const manifest = { ...plain.manifest, commit: null, pinned: null };
    expect(faultsOf({ ...plain, instrument, manifest, scenarios: [], excluded: [], replay: [] })).toEqual([]);
  });

  it('refuses what is missing, what is unknown and what is of the wrong kind', () => {
    const { replay: _, ...without } = plain;
    expect(faultsOf(without)).toEqual([" must have required property 'replay'"]);
    expect(faultsOf({ ...plain, extra: 1 })).toEqual([' must NOT have additional properties']);
    expect(faultsOf({ ...plain, methodology: 'other/1' })).toEqual(['/methodology must be equal to constant']);
    const [scenario] = plain.scenarios;
    const [row] = scenario!.rows;
    const altered = (change: object) => ({ ...plain, scenarios: [{ ...scenario, rows: [{ ...row, ...change }] }] });
    expect(faultsOf(altered({ verdict: 'FINE' }))).toEqual([
      '/scenarios/0/rows/0/verdict must be equal to one of the allowed values',
    ]);
    expect(faultsOf(altered({ deliveryPercentilesMs: [1, 2] }))).not.toEqual([]);
    // What NaN becomes in JSON.
    expect(faultsOf(altered({ tokens: null }))).toEqual(['/scenarios/0/rows/0/tokens must be integer']);
  });
});
