// The command line: what a pipeline's file ends with, and the command `viga`. yargs lives here only.
//
// main.ts is the command, commands.ts what it can do; both it and run-if-main.ts go through prepare.ts (options, build) and
// session.ts (how errors are told). print/ makes the lines; terminal.ts is all there is of streams and signals, and
// node-terminal.ts and live-block.ts are the only files that touch them.
export { type ModuleMeta, runIfMain } from './run-if-main.ts';
