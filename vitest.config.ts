import { defineConfig } from 'vitest/config';

const isCodegenForbidden = process.env['VIGA_CODEGEN'] === 'off';
const report = process.env['VIGA_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The flag goes to the workers only: vitest itself compiles code at run time, Viga's interpreted path may not.
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      ...(isCodegenForbidden ? ['--disallow-code-generation-from-strings'] : []),
    ],
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
