/** The part of a service that has updates, without rules: it offers what a test tells it to. */

import type { Service } from "../../hosts/dms/service.js";
import { signedBy } from "../journey/signed-answer.js";
import { decodeMap, encodeMap, type MessagePackMap } from "../../src/protocol/message-pack.js";
import {
	decodeUpdateQuery,
	decodeUpdateReport,
	type UpdateQuery,
	type UpdateReport,
} from "../../src/protocol/update.js";

export interface Bundle {
	readonly id: string;
	readonly version: string;
	readonly statement: Uint8Array;
	readonly image: Uint8Array;
}

/** What is done to the answer of an image's request, or instead of it. */
type ImageFault = (request: Request, bundle: Bundle, whole: Response) => Response | undefined;

const mediaType = "application/vnd.msgpack";

export class BundleService {
	/** What every device is offered. */
	bundle: Bundle | undefined;
	/** The key statement that goes with the next activation, and with each offer. */
	key: Uint8Array | undefined;
	offeredKey: Uint8Array | undefined;
	interval: number | undefined;
	/** What the answer to a claim says besides its user. */
	claimed: MessagePackMap = {};
	/** Stands between device and everything else, if it answers. */
	interfere: (request: Request) => Response | undefined = () => undefined;
	/** Nothing reaches the service while this is set. */
	isOut = false;
	/** What something in front of the service answers instead, while there is something. */
	outage: () => Response | undefined = () => undefined;
	imageFault: ImageFault | undefined;
	/** Hears reports, and the first byte of each range of an image that is asked for. */
	onQuery: () => void = () => undefined;
	onReport: (report: UpdateReport) => void = () => undefined;
	onImage: (first: number) => void = () => undefined;
	readonly queries: UpdateQuery[] = [];
	readonly reports: UpdateReport[] = [];
	/** First byte of each range of an image that was asked for. */
	readonly ranges: number[] = [];

	/** Stands between device and service. */
	readonly between = async (request: Request, service: Service): Promise<Response | undefined> => {
		if (this.isOut) return undefined;
		const outage = this.outage();
		if (outage !== undefined) return outage;
		const interfered = this.interfere(request);
		if (interfered !== undefined) return signedBy(service, request, interfered);
		const { pathname } = new URL(request.url);
		if (pathname.startsWith("/update")) {
			const answer = await this.#answer(request, pathname);
			return answer && answer.status !== 206 ? signedBy(service, request, answer) : answer;
		}
		const response = await service.fetch(request);
		const more = { "/activate": { key: this.key }, "/claim": this.claimed }[pathname];
		if (more === undefined || response.status !== 200) return response;
		const answer = decodeMap(new Uint8Array(await response.arrayBuffer()));
		return signedBy(service, request, reply({ ...answer, ...more }));
	};

	async #answer(request: Request, pathname: string): Promise<Response | undefined> {
		const body = new Uint8Array(await request.arrayBuffer());
		if (request.method === "POST") {
			const query = decodeUpdateQuery(body);
			if (query === undefined) throw new Error("that is no query");
			this.queries.push(query);
			this.onQuery();
			return reply(this.#offer());
		}
		if (request.method === "PUT") {
			const report = decodeUpdateReport(body);
			if (report === undefined) throw new Error("that is no report");
			this.reports.push(report);
			this.onReport(report);
			return new Response(null, { status: 204 });
		}
		const { bundle } = this;
		if (bundle === undefined) return new Response(null, { status: 404 });
		if (pathname.endsWith("/statement")) return whole(bundle.statement);
		return this.#image(request, bundle);
	}

	#offer() {
		const { bundle, interval, offeredKey: key } = this;
		const rest = { rule: "release", interval, key };
		return bundle === undefined
			? { ...rest, message: "Up to date." }
			: { ...rest, bundle: bundle.id, version: bundle.version, message: "There is news." };
	}

	#image(request: Request, bundle: Bundle): Response | undefined {
		const { image } = bundle;
		const [, first = "0", last = ""] =
			/^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
		const start = Number(first);
		const end = last === "" ? image.length - 1 : Number(last);
		this.ranges.push(start);
		this.onImage(start);
		const headers = { "content-range": "bytes " + start + "-" + end + "/" + image.length };
		const part = image.slice(start, end + 1);
		const response = new Response(part, { status: 206, headers });
		return this.imageFault === undefined ? response : this.imageFault(request, bundle, response);
	}
}

function whole(bytes: Uint8Array): Response {
	return new Response(Uint8Array.from(bytes), { headers: { "content-type": mediaType } });
}

function reply(fields: Parameters<typeof encodeMap>[0]): Response {
	return whole(encodeMap(fields));
}
