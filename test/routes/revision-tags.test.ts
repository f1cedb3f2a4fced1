import t from 'tap';
import { precondition } from '../../routes/revision-tags.ts';

t.test('If-Match names revisions by their strong tags (RFC 9110 §13.1.1)', async (t) => {
	t.equal(precondition(undefined), null);
	t.equal(precondition(' * '), 'any');
	t.strictSame(precondition('"rev-3"'), { revisions: [3] });
	t.strictSame(precondition('"rev-3", W/"rev-4", "abc", "rev-5"'), { revisions: [3, 5] });
	t.strictSame(precondition('"rev-0x1"'), { revisions: [] });
	t.strictSame(precondition('"rev-3-gzip"'), { revisions: [3] });
	t.strictSame(precondition('W/"rev-4"'), { revisions: [], weak: 4 });
	for (const none of ['nonsense', 'rev-3', '"rev-3', '']) t.throws(() => precondition(none), /in quotes/);
});
