// How many people live where: the table that rates are counted with, from a CSV file or an SQLite database.
// population.ts checks its rows, read-population.ts reads them. The door of this folder; it knows cases/ for the list of
// departments.
export { readPopulation } from './read-population.ts';
export { allDepartments, type Population, populationOf } from './population.ts';
