/** Texts of a caller's in warnings, and within sentences, are cut as those in errors are. */
export { excerpt } from '../errors.ts';
