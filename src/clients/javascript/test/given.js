// What the suite is given in Node: the vectors of the source tree, or of VECTORS, and answers that Electric 1.7 gave.
import { readFileSync, readdirSync } from 'node:fs';

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const recorded = new URL('./electric/', import.meta.url);
export const given = {
  vectors: json(process.env.VECTORS ?? new URL('../../../test/resources/vectors/vectors.json', import.meta.url)),
  shapes: Object.fromEntries(readdirSync(recorded).map((name) => [/^shape-(\w+)\.json$/.exec(name)[1], json(new URL(name, recorded))])),
};
