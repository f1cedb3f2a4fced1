import { readdirSync } from 'node:fs';
import { corpusFile, corpusFolder } from './support/corpus.ts';
import { startService } from './support/service.ts';
import { put } from './support/http.ts';
import { buildDss } from './support/dss-builder.ts';
await using s = await startService();
const head='{"uuid":"018f3b60-0000-7000-8000-100000000001","theme":"018f3b60-0000-7000-8000-000000000001","path":"a","type":"number","version":1,"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z","value":1,"extensions":{"x":';
for (const f of readdirSync(corpusFolder('json/')).sort()) {
 const text = Buffer.concat([Buffer.from(head), corpusFile('json/'+f), Buffer.from('}}')]);
 const a = await put(s.url+'/api/projects/import/analyze?project_id=new', buildDss({tokens:[text]}), 'application/zip');
 const ok=a.body.is_valid; const st=a.body.errors?.[0]?.stage;
 if (f[0]==='y' ? !ok : f[0]==='n' ? (ok||st!=='structure') : true) console.log(f, a.status, ok, st, a.body.errors?.[0]?.code, a.body.errors?.[0]?.message?.slice(0,80));
}
