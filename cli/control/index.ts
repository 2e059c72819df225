// A job that runs, and who asks it to stop, to drain or about its state: a socket in the state directory.
//
// control.ts is the job's side, ask-job.ts the other; look-at-state.ts reads the state of a job whether it runs or not.
export { askJob } from './ask-job.ts';
export { serveControl, type Request } from './control.ts';
export { lookAtState } from './look-at-state.ts';
