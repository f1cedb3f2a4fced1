/** The figures that Prometheus reads. */
import { send } from './http.ts';
import type { Service } from './service.ts';

/** A metric by its name and labels, as written in the text; NaN where it is missing. */
export async function metric({ url }: Pick<Service, 'url'>, name: string): Promise<number> {
	const { body } = await send(`${url}/metrics`);
	const line = String(body)
		.split('\n')
		.find((one) => one.startsWith(`${name} `));
	return Number(line?.split(' ').at(-1) ?? Number.NaN);
}
