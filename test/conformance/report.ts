import type { Runner } from '../../index.ts';
import type { Item, ItemId } from './item.ts';
import type { Ledger } from './ledger.ts';
import { type Outcome, runItem } from './run-item.ts';

/** What is reported of an item. */
export interface Report {
  readonly id: ItemId;
  readonly status: 'pass' | 'fail' | 'ledger';
  readonly reason?: string;
  /** How many assertions ran. */
  readonly assertions: number;
}

/**
 * Runs an item and says how it stands: what the ledger excuses does not fail, and must not pass either, so that the ledger
 * never says less of a runner than is true.
 */
export async function report(item: Item, runner: Runner, ledger: Ledger): Promise<Report> {
  const { id } = item;
  const reason = ledger.get(id);
  if (item.cases.length === 0) {
    return reason === undefined
      ? { id, status: 'fail', reason: 'it has no pipeline, and the ledger does not say why', assertions: 0 }
      : { id, status: 'ledger', reason, assertions: 0 };
  }
  return verdict(id, await runItem(item, runner), reason);
}

function verdict(id: ItemId, { assertions, problem }: Outcome, excuse: string | undefined): Report {
  if (excuse === undefined) {
    return problem === undefined
      ? { id, status: 'pass', assertions }
      : { id, status: 'fail', reason: problem, assertions };
  }
  return problem === undefined
    ? { id, status: 'fail', reason: `leave the ledger: it passes, and the ledger says "${excuse}"`, assertions }
    : { id, status: 'ledger', reason: excuse, assertions };
}
