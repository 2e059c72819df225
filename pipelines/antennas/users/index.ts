// Who the devices belong to: the table of users (user-table.ts), read from a CSV file or an SQLite database as a whole
// (read-users.ts, read-whole.ts), in a streaming run again and again (refreshes.ts).
export { parseUsersPlace, type UsersPlace } from './users-place.ts';
export { readUsers, rereadUsers } from './read-users.ts';
export { emailOf, quotaOf, type UserTable, userTableOf } from './user-table.ts';
