import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder for the time of a test. */
export function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pipelines-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** All files below a folder that a reader of data looks at, sorted. */
export function filesOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/(?:^|\/)[._]/.test(file))
    .sort();
}
