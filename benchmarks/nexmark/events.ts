/** Someone who sells or bids. */
export interface Person {
  readonly kind: 'person';
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly creditCard: string;
  readonly city: string;
  readonly state: string;
  readonly dateTime: number;
  readonly extra: string;
}

/** Something for sale from `dateTime` up to, not including, `expires`. Prices are cents. */
export interface Auction {
  readonly kind: 'auction';
  readonly id: number;
  readonly itemName: string;
  readonly description: string;
  readonly initialBid: number;
  /** What the winner has to bid at least. */
  readonly reserve: number;
  readonly dateTime: number;
  readonly expires: number;
  readonly seller: number;
  readonly category: number;
  readonly extra: string;
}

/** A bid of a person for an auction. */
export interface Bid {
  readonly kind: 'bid';
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly dateTime: number;
  readonly extra: string;
}

/** What happens at an auction house. */
export type Event = Person | Auction | Bid;

export const isPerson = (event: Event): event is Person => event.kind === 'person';
export const isAuction = (event: Event): event is Auction => event.kind === 'auction';
export const isBid = (event: Event): event is Bid => event.kind === 'bid';
export const isAuctionOrBid = (event: Event): event is Auction | Bid => event.kind !== 'person';
