// What a run is asked for: the table of options (options.ts), and what it means (settings.ts), with its times (times.ts).
export { options } from './options.ts';
export { settingsOf } from './settings.ts';
