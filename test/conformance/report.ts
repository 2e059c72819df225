import type { Item, ItemId } from './item.ts';
import type { Ledger } from './ledger.ts';
import { type Outcome, runItem, type Subject } from './run-item.ts';

/** What is reported of an item. */
export interface Report {
  readonly id: ItemId;
  /** `skip`: the mode that was asked for does not have it. */
  readonly status: 'pass' | 'fail' | 'ledger' | 'skip';
  readonly reason?: string;
  /** How many assertions ran. */
  readonly assertions: number;
}

/** What a runner in a mode is asked: what it can't do yet, and what the mode does not have. */
export interface Asked extends Subject {
  readonly ledger: Ledger;
  readonly skips?: ReadonlySet<ItemId>;
}

/**
 * Runs an item and says how it stands: what the ledger excuses does not fail, and must not pass either, so that the ledger
 * never says less of a runner than is true.
 */
export async function report(item: Item, asked: Asked): Promise<Report> {
  const { id } = item;
  const reason = asked.ledger.get(id);
  if (asked.skips?.has(id)) return { id, status: 'skip', reason: 'the mode does not have it', assertions: 0 };
  if (item.cases.length === 0) {
    return reason === undefined
      ? { id, status: 'fail', reason: 'it has no pipeline, and the ledger does not say why', assertions: 0 }
      : { id, status: 'ledger', reason, assertions: 0 };
  }
  return verdict(id, await runItem(item, asked), reason);
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
