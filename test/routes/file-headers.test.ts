import { parse } from 'content-disposition';
import t from 'tap';
import { fileHeaders } from '../../routes/file-headers.ts';

const DIGEST = 'ab'.repeat(32);

t.test('a file is named after its project, in ASCII and in full (RFC 6266 §4.3)', async (t) => {
	for (const [name, plain, full] of [
		['Aurora', 'aurora', 'Aurora'],
		['aurora', 'aurora', 'aurora'],
		['Ünï "x" / y', 'u-ni-x-y', 'Ünï -x- - y'],
		["it's (50%)*", 'it-s-50', "it's (50%)-"],
		['設計', 'project', '設計'],
		['a\r\nSet-Cookie: b', 'a-set-cookie-b', 'a--Set-Cookie- b'],
		['\ud800', 'project', '\ufffd'],
	] as const) {
		const header = fileHeaders(name, DIGEST)['content-disposition'] ?? '';
		t.ok(header.startsWith(`attachment; filename="${plain}.dss"; filename*=UTF-8''`), header);
		t.equal(parse(header).parameters['filename'], `${full}.dss`);
		t.match(header, /^[\x20-\x7e]+$/);
	}
});

t.test('the digest of a file is its tag', async (t) => {
	const headers = fileHeaders('x', DIGEST);
	t.equal(headers['etag'], `"${DIGEST}"`);
	t.equal(headers['repr-digest'], `sha-256=:${Buffer.from(DIGEST, 'hex').toString('base64')}:`);
});
