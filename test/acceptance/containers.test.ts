import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import JSZip from 'jszip';
import { post, send, upload } from '../support/http.ts';
import { sampleProject } from '../support/sample.ts';
import { makeFolder, type Service, startService } from '../support/service.ts';

describe('archives as others see them', () => {
	let service: Service;
	before(async () => {
		service = await startService();
	});
	after(() => service[Symbol.asyncDispose]());

	const exported = async () => {
		const { body } = await post(`${service.url}/api/projects`, { name: 'Ünïcode / Näme' });
		const changes = await post(`${service.url}/api/projects/${body.project_id}/changes`, {
			upsert: sampleProject(),
		});
		assert.equal(changes.status, 200, JSON.stringify(changes.body));
		return send(`${service.url}/api/projects/${body.project_id}/export`, { method: 'POST' });
	};

	test('unzip -t accepts ours', async (t) => {
		try {
			execFileSync('unzip', ['-v']);
		} catch {
			return t.skip('Info-ZIP unzip is not on this machine');
		}
		const file = join(await makeFolder(), 'ours.dss');
		writeFileSync(file, (await exported()).body);
		assert.match(execFileSync('unzip', ['-t', file]).toString(), /No errors detected/);
	});

	test('the headers of an export tell its name, length, digest and tag', async () => {
		const { headers, body } = await exported();
		const digest = createHash('sha256').update(body);
		assert.equal(headers.get('content-type'), 'application/vnd.dss+zip');
		assert.equal(headers.get('content-length'), String(body.length));
		assert.equal(headers.get('repr-digest'), `sha-256=:${digest.copy().digest('base64')}:`);
		assert.equal(headers.get('etag'), `"${digest.digest('hex')}"`);
		assert.match(
			headers.get('content-disposition') ?? '',
			/^attachment; filename="u-ni-code-na-me\.dss"; filename\*=UTF-8''/,
		);
	});

	test('exporting the same revision again gives the same bytes', async () => {
		const { body: first } = await exported();
		const zip = await JSZip.loadAsync(first);
		const { uuid } = JSON.parse((await zip.file('project.json')?.async('string')) ?? '');
		const second = await send(`${service.url}/api/projects/${uuid}/export`, { method: 'POST' });
		assert.ok(second.body.equals(first));
	});

	test('JSZip reads ours, and an archive that it writes by the written format is accepted', async () => {
		const { body } = await exported();
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
			assert.equal(answer.status, 200, JSON.stringify(answer.body));
			assert.equal(answer.body.item_counts.tokens, 4);
		}
	});
});
