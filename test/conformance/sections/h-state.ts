export const state = [];
