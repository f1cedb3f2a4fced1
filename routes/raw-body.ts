/**
 * The bytes of a body that a route has asked for with `rawBody`; none where none were sent.
 *
 * @param body typed by the route's schema, which with `rawBody` serves the OpenAPI document only
 */
export function rawBody(body: unknown): Uint8Array {
	return body instanceof Uint8Array ? body : new Uint8Array();
}
