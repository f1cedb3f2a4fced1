/** The memory of the service while it merges 100,000 tokens with 10,000 differences. */
import { post, put } from '../test/support/http.ts';
import { ended } from '../test/support/jobs.ts';
import { startService } from '../test/support/service.ts';
import { benchArchive, PROJECT } from './archive.ts';
import { peakMemory } from './figures.ts';
import { benchTokens, THEME } from './tokens.ts';

const COUNT = 100_000;
const EVERY = 10;

await using service = await startService({
	env: { DSS_MAX_TOKENS: '10000000', DSS_MAX_ARCHIVE_BYTES: '2000000000' },
});
const tokens = benchTokens(COUNT);
const changed = tokens.map((token, index) =>
	index % EVERY === 0 ? { ...token, line: token.line.replace('Token number', 'Changed number') } : token,
);
const inBackground = async (url: string, archive: Buffer) => {
	const { body } = await put(url, archive, 'application/zip');
	const job = await ended(service, body.job_id);
	if (job.status !== 'succeeded') throw new Error(JSON.stringify(job.error));
	return job.result;
};
const projects = `${service.url}/api/projects`;
await inBackground(`${projects}/import/background`, await benchArchive(tokens));
const ours = { theme: THEME, path: 'ours', type: 'number', value: 1 };
await post(`${projects}/${PROJECT}/changes`, { upsert: { tokens: [ours] } });
const before = peakMemory(service.pid);
const archive = await benchArchive(changed, 2);
const merged = await inBackground(`${projects}/${PROJECT}/merge?background=true`, archive);
console.log(
	`merge of ${COUNT} tokens with ${merged.updated_items} differences in ${merged.duration_seconds} s: memory ${before} MB at its peak before, ${peakMemory(service.pid)} MB after`,
);
