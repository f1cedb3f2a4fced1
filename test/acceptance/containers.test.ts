import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import JSZip from 'jszip';
import { type Test, test } from 'tap';
import { post, send, upload } from '../support/http.ts';
import { sampleProject } from '../support/sample.ts';
import { serviceFor } from '../support/service.ts';

test('archives as others see them', async (t) => {
	const service = await serviceFor(t);

	const exported = async (t: Test) => {
		const { body } = await post(`${service.url}/api/projects`, { name: 'Ünïcode / Näme' });
		const changes = await post(`${service.url}/api/projects/${body.project_id}/changes`, {
			upsert: sampleProject(),
		});
		t.equal(changes.status, 200, { received: changes.body });
		return send(`${service.url}/api/projects/${body.project_id}/export`, { method: 'POST' });
	};

	t.test('unzip -t accepts what the service exports', async (t) => {
		try {
			execFileSync('unzip', ['-v']);
		} catch {
			return t.plan(0, 'Info-ZIP unzip is not on this machine');
		}
		const file = join(t.testdir(), 'ours.dss');
		writeFileSync(file, (await exported(t)).body);
		t.match(execFileSync('unzip', ['-t', file]).toString(), /No errors detected/);
	});

	t.test('the headers of an export give its name, length, digest and tag', async (t) => {
		const { headers, body } = await exported(t);
		const digest = createHash('sha256').update(body);
		t.equal(headers.get('content-type'), 'application/vnd.dss+zip');
		t.equal(headers.get('content-length'), String(body.length));
		t.equal(headers.get('repr-digest'), `sha-256=:${digest.copy().digest('base64')}:`);
		t.equal(headers.get('etag'), `"${digest.digest('hex')}"`);
		t.match(
			headers.get('content-disposition') ?? '',
			/^attachment; filename="u-ni-code-na-me\.dss"; filename\*=UTF-8''/,
		);
	});

	t.test('exporting the same revision again gives the same bytes', async (t) => {
		const { body: first } = await exported(t);
		const zip = await JSZip.loadAsync(first);
		const { uuid } = JSON.parse((await zip.file('project.json')?.async('string')) ?? '');
		const second = await send(`${service.url}/api/projects/${uuid}/export`, { method: 'POST' });
		t.ok(second.body.equals(first), 'the archives are equal byte by byte');
	});

	t.test(
		'JSZip reads what the service exports, and what JSZip writes by the same format is accepted',
		async (t) => {
			const { body } = await exported(t);
			const ours = await JSZip.loadAsync(body, { checkCRC32: true });
			const theirs = new JSZip();
			for (const name of Object.keys(ours.files))
				theirs.file(name, (await ours.file(name)?.async('uint8array')) ?? '');
			for (const options of [
				{ compression: 'STORE' as const },
				{ compression: 'DEFLATE' as const },
				{ compression: 'DEFLATE' as const, streamFiles: true },
			]) {
				const archive = await theirs.generateAsync({ type: 'nodebuffer', ...options });
				const answer = await upload(`${service.url}/api/projects/import`, archive, 'theirs.dss');
				t.equal(answer.status, 200, { received: answer.body });
				t.equal(answer.body.item_counts.tokens, 4);
			}
		},
	);
});
