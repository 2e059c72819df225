import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { apply, type Mutant } from '../../test/mutants/index.ts';

/** What a test needs nothing of, or gets by a link. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'out', '.git', '.cache']);

/** A copy of the sources that may be broken. */
export class Workspace {
  readonly directory: string;

  constructor(root: string) {
    this.directory = mkdtempSync(path.join(tmpdir(), 'viga-mutants-'));
    for (const name of readdirSync(root)) {
      if (!LEFT_OUT.has(name)) cpSync(path.join(root, name), path.join(this.directory, name), { recursive: true });
    }
    symlinkSync(path.join(root, 'node_modules'), path.join(this.directory, 'node_modules'), 'dir');
  }

  /** Plants a bug; what it returns takes it out again. */
  plant({ edits }: Mutant): () => void {
    const before = new Map<string, string>();
    for (const edit of edits) {
      const file = path.join(this.directory, edit.file);
      const text = readFileSync(file, 'utf8');
      if (!before.has(file)) before.set(file, text);
      writeFileSync(file, apply(text, edit));
    }
    return () => {
      for (const [file, text] of before) writeFileSync(file, text);
    };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
