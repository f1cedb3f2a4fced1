import { type DssError, errors } from '../../errors.ts';
import type { ForeignForm } from '../../interop/recognise/forms.ts';

/** A file of a form that is recognised and not read. */
export function unknownFormat({ looksLike, advice }: ForeignForm): DssError {
	return errors.unknownFormat({ looks_like: looksLike, advice });
}
