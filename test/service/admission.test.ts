import t from 'tap';
import { Admission } from '../../src/service/admission.ts';

t.test('places are those that jobs do not wait for; each is free again when it is disposed of', async (t) => {
	let waiting = 1;
	const admission = new Admission({ capacity: 3, waitingJobs: () => waiting });
	{
		using _first = admission.admit();
		admission.assertRoom();
		using _second = admission.admit();
		t.throws(() => admission.admit(), { code: 'too_busy', details: { retry_after: 2 } });
		t.throws(() => admission.assertRoom(), { code: 'too_busy' });
		waiting = 0;
		admission.assertRoom();
	}
	waiting = 3;
	t.throws(() => admission.admit(), { code: 'too_busy' }, 'waiting jobs take places too');
	waiting = 2;
	admission.admit();
});
