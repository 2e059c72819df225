// One transform per file, each written with the methods of PCollection and the primitives of the model.
// May import model/ only. Start with create.ts and count.ts.
export * from './create.ts';
