/** Addresses of the service that stand in answers and messages: below DSS_BASE_PATH, as callers reach them. */
export class Links {
	readonly #basePath: string;

	/** @param basePath empty, or such as `/dss` */
	constructor(basePath: string) {
		this.#basePath = basePath;
	}

	job(uuid: string): string {
		return `${this.#basePath}/api/jobs/${uuid}`;
	}

	result(uuid: string): string {
		return `${this.job(uuid)}/result`;
	}
}
