// What connectors of SQL databases share. Each has its own folder (io/sqlite); nothing here knows any of them.
// Imports model/ only. quote-identifier.ts is the only place that puts a name into a statement.
export { quoteIdentifier } from './quote-identifier.ts';
