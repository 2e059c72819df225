import { timingSafeEqual } from 'node:crypto';

/** A request, as far as it decides whether it is answered. */
export interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** What may be seen, by a request that may see it; or the status of a refusal. */
export type Access =
  | { readonly path: string; readonly query: URLSearchParams }
  | { readonly status: 400 | 403 | 405; readonly why: string };

/**
 * Decides whether a request is answered.
 *
 * The token keeps out other users of the machine and pages that guess the port. The name by which the server is called
 * keeps out pages whose own name was made to lead here (DNS rebinding), the origin those that call it by its right name.
 */
export function accessOf({ method, url, host, origin }: Asked, port: number, token: string): Access {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === undefined || !hosts.includes(host)) return { status: 403, why: 'it is called by another name' };
  if (origin !== undefined && origin !== `http://${host}`) return { status: 403, why: 'another page asks' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, why: 'it can only be read' };
  const address = URL.parse(url ?? '', `http://${host}`);
  if (address === null || address.host !== host) return { status: 400, why: 'that is no address' };
  if (!isSame(address.searchParams.get('token') ?? '', token))
    return { status: 403, why: 'the token is not the right one' };
  return { path: address.pathname, query: address.searchParams };
}

/** In a time that does not tell how much of it is right. */
function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}
