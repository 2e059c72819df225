export const timers = [];
