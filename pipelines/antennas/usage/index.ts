// The sums: messages joined with users (user-bytes.ts), added up by antenna, user and app, per window and per hour, and
// compared with quotas (usage.ts, over-quota.ts). One module for batch and streaming.
export { usage } from './usage.ts';
export { alertRows } from './over-quota.ts';
