/**
 * How other systems have lost, doubled or delayed data, by the number of each in our list of such failures: each is planted
 * as a mutant. Numbers that are missing are of parts that Viga does not have.
 */
export const FAILURES: Readonly<Record<number, string>> = {
  1: 'source positions committed although nothing was processed (Beam #21742)',
  2: 'positions not committed at drain (Beam #26884)',
  3: 'a refactoring dropped the call that finalizes (Beam #30539)',
  4: 'a position saved before what it covers was taken (Redpanda Connect #4687, #4688)',
  5: 'the highest acknowledged position kept, not the highest without a gap before it (Redpanda Connect #4510)',
  6: 'what is handed over from one phase of a source to the next is lost by a crash (Redpanda Connect #4584, #4690)',
  9: 'a commit with an unknown outcome taken for a failure: files deleted, or rows doubled (Redpanda Connect #4666, #4591)',
  11: 'a crash between checkpoint and commit, and the commit never happens (Arroyo, Kafka sink)',
  12: 'an empty transaction fails the commit (FLINK-31363)',
  13: 'records lost at a checkpoint: state captured before what was open was flushed (SeaTunnel #11541)',
  14: 'an idle partition holds the watermark, or is left out when it is not idle (Beam #40176, Flink #5634)',
  15: 'nothing to read yet taken for nothing to read ever (Flink #4967)',
  16: 'one timestamp from the future makes all later elements late, silently (LaminarDB #388)',
  19: 'a bundle that never ends (Beam #34178)',
  21: 'a full buffer drops what comes (Redpanda Connect #4689)',
  28: 'state orphaned by an edit elsewhere (Paimon #10107)',
};
