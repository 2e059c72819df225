// Who the devices belong to: the table of users (user-table.ts), read from a CSV file or an SQLite database as a whole
// (read-users.ts, read-whole.ts), again and again while a streaming run goes on.
export { parseUsersPlace, type UsersPlace } from './users-place.ts';
export { readUsers } from './read-users.ts';
export { emailOf, quotaOf, type UserTable, userTableOf } from './user-table.ts';
