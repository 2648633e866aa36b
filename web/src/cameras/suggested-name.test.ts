import { expect, test } from 'vitest';
import type { ProbeReport } from '../../../shared/probe-report.ts';
import { recognise } from '../../../shared/recognise.ts';
import { suggestedName } from './suggested-name.ts';

const report: ProbeReport = { url: 'rtsp://10.0.0.64/live', steps: [], totalMs: 0, suggestions: [] };

test.each([
  ['what the camera calls itself', { ...report, device: 'DS-2CD2087' }, undefined, [], 'DS-2CD2087'],
  ['maker and the end of the address', report, 'Dahua, Amcrest, Lorex', [], 'Dahua 64'],
  ['a word and the end of the address', report, undefined, [], 'Camera 64'],
  ['a number when the name is taken', { ...report, device: 'Gate' }, undefined, ['gate', 'Gate 2'], 'Gate 3'],
])('%s', (_name, seen, brand, taken, expected) => {
  expect(suggestedName(seen, recognise('rtsp://10.0.0.64/live'), brand, taken)).toBe(expected);
});
