import { errors } from '../../errors.ts';
import { decodeUtf8 } from '../../records/utf8.ts';

/** Names are UTF-8, whether flag bit 11 says so or not: Info-ZIP writes them without it. @throws {DssError} unsafe_name */
export function decodeName(bytes: Buffer): string {
	const name = decodeUtf8(bytes);
	if (name !== null) return name;
	throw errors.unsafeName({ entry: bytes.toString('latin1'), reason: 'the name is not valid UTF-8' });
}
