import { webcrypto } from 'node:crypto';

const { subtle } = webcrypto;

/**
 * The bytes of a body that a route has asked for with `rawBody`; none where none were sent.
 *
 * @param body typed by the route's schema, which with `rawBody` serves the OpenAPI document only
 */
export function rawBody(body: unknown): Uint8Array {
	return body instanceof Uint8Array ? body : new Uint8Array();
}

/** SHA-256 of a body in hex. Off the main thread, since a body may have many megabytes. */
export async function digestOf(body: Uint8Array): Promise<string> {
	// The bytes of a request are in memory of their own, never shared with another thread.
	const digest = await subtle.digest('SHA-256', body as Uint8Array<ArrayBuffer>);
	return Buffer.from(digest).toString('hex');
}
