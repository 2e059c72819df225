// J. Splittable DoFn.
import { item } from '../item.ts';

export const splittable = [
  item(132, 'A splittable DoFn that claims all of a range gives each element once.'),
  item(133, 'A restriction that is split beforehand gives the same elements as a whole one.'),
  item(134, 'A restriction that is split at any moment and at any place neither loses nor doubles an element.'),
  item(135, 'A read that asks to be resumed goes on where it was, in order.'),
  item(136, 'A read of what never ends gives way by itself, so that its bundle ends within its limit.'),
  item(137, 'A read that returns before all of its restriction is claimed fails the run.'),
  item(138, 'A watermark that the read advances lets windows fire while it goes on.'),
  item(139, 'A watermark that follows the timestamps of the outputs never goes back.'),
  item(140, 'When a job drains, bounded restrictions are read to their end and unbounded ones are dropped.'),
  item(141, 'A splittable DoFn may have side inputs.'),
  item(142, 'An element in two windows that is split in the middle gives each pair of element and window once.'),
  item(143, 'A channel is split only between elements where its consumer is not splittable.'),
  item(144, 'Progress never goes below zero, and what is done and what remains add up to the whole.'),
  item(145, 'A size that is no number, or below zero, is an error that says so.'),
];
