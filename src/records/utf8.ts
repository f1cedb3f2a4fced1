/** Bytes as text; null where they are not valid UTF-8. A byte order mark is kept, as the fault that it is in JSON. */
export function decodeUtf8(bytes: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return null;
	}
}
