import { expect, test } from 'vitest';
import { LiveBlock } from '../../cli/live-block.ts';
import { screen } from './screen.ts';

test('a block is redrawn in place and taken away without a trace', () => {
  const terminal = screen(40);
  terminal.write('before\n');
  const block = new LiveBlock(terminal, []);
  block.draw(['title', 'a 1', 'b 1']);
  block.draw(['title', 'a 20', 'b 3']);
  expect(terminal.rows()).toEqual(['before', 'title', 'a 20', 'b 3', '']);
  block.draw([]);
  terminal.write('after\n');
  expect(terminal.rows()).toEqual(['before', 'after', '']);
});

test('a block that becomes shorter, in lines or in columns, leaves nothing behind', () => {
  const terminal = screen(40);
  const block = new LiveBlock(terminal, []);
  block.draw(['a long first line', 'second', 'third']);
  block.draw(['short', '2']);
  expect(terminal.rows()).toEqual(['short', '2', '']);
});

test('what others write stands above the block', () => {
  const terminal = screen(40);
  const other = { ...screen(40), write: terminal.write };
  const block = new LiveBlock(terminal, [other]);
  block.draw(['title', 'a 1']);
  other.write('user 1\n');
  terminal.write('user 2\n');
  block.draw(['title', 'a 2']);
  expect(terminal.rows()).toEqual(['user 1', 'user 2', 'title', 'a 2', '']);
});

test('the block waits while what others write has not ended its line', () => {
  const terminal = screen(40);
  const block = new LiveBlock(terminal, []);
  block.draw(['title']);
  terminal.write('50');
  block.draw(['title']);
  terminal.write(' percent\n');
  expect(terminal.rows()).toEqual(['50 percent', '']);
  block.draw(['title']);
  expect(terminal.rows()).toEqual(['50 percent', 'title', '']);
});

test('lines that a terminal broke, as it became narrower, are taken away whole', () => {
  const terminal = screen(5);
  terminal.write('above\n');
  const block = new LiveBlock(terminal, []);
  block.draw(['0123456789', 'ab']);
  expect(terminal.rows()).toEqual(['above', '01234', '56789', 'ab', '']);
  block.draw([]);
  expect(terminal.rows()).toEqual(['above', '']);
});

test('color does not count as width', () => {
  const terminal = screen(8);
  const block = new LiveBlock(terminal, []);
  block.draw(['\u001b[31m12345678\u001b[39m']);
  block.draw(['x']);
  expect(terminal.rows()).toEqual(['x', '']);
});

test('streams are as they were once the block is gone', () => {
  const terminal = screen(40);
  const { write } = terminal;
  const block = new LiveBlock(terminal, []);
  block.draw(['title']);
  expect(terminal.write).not.toBe(write);
  block.draw([]);
  expect(terminal.write).toBe(write);
});

test('a stream that is no terminal is left alone: it may be a file', () => {
  const terminal = screen(40);
  const file = { ...screen(40), isTTY: false };
  const { write } = file;
  new LiveBlock(terminal, [file]).draw(['title']);
  expect(file.write).toBe(write);
});
