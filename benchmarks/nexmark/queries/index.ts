// The queries of Nexmark by their numbers in Beam, each a file: the pipeline as a user of Viga writes it, and a model, a plain
// program over events that are sorted by time, which says what has to come out. What several of them need is beside this
// folder: winning-bids.ts, side-input.ts, bidder-count.ts.
import type { NexmarkQuery } from '../query.ts';
import { averagePriceForCategory } from './average-price-for-category.ts';
import { averageSellingPriceBySeller } from './average-selling-price-by-seller.ts';
import { boundedSideInputJoin } from './bounded-side-input-join.ts';
import { currencyConversion } from './currency-conversion.ts';
import { highestBid } from './highest-bid.ts';
import { hotItems } from './hot-items.ts';
import { localItemSuggestion } from './local-item-suggestion.ts';
import { logToShardedFiles } from './log-to-sharded-files.ts';
import { monitorNewUsers } from './monitor-new-users.ts';
import { passthrough } from './passthrough.ts';
import { processingTimeWindows } from './processing-time-windows.ts';
import { selection } from './selection.ts';
import { sessionSideInputJoin } from './session-side-input-join.ts';
import { userSessions } from './user-sessions.ts';
import { winningBid } from './winning-bid.ts';

export const queries: readonly NexmarkQuery[] = [
  passthrough,
  currencyConversion,
  selection,
  localItemSuggestion,
  averagePriceForCategory,
  hotItems,
  averageSellingPriceBySeller,
  highestBid,
  monitorNewUsers,
  winningBid,
  logToShardedFiles,
  userSessions,
  processingTimeWindows,
  boundedSideInputJoin,
  sessionSideInputJoin,
];
