/** A service elsewhere, administered through its API as if it were here. */

import { randomUUID } from "node:crypto";
import type { Device } from "../administration/devices.js";
import type { BatchBoard } from "../administration/batches.js";
import type { NewToken } from "../administration/new-tokens.js";
import type { Token } from "../administration/tokens.js";
import type { User } from "../administration/users.js";
import { fromJson } from "../json.js";
import { OperatorError, RemoteError } from "../operator-error.js";
import { encodeBundle } from "../publisher/bundle.js";
import type { Administration } from "../service.js";
import type { AuditFilter, StoredAuditEntry } from "../storage/audit.js";
import { collect, pagesOf, type Part } from "../storage/pages.js";
import { apiPath } from "./openapi.js";
import { isRepeatable, type Operation, pathFieldsOf } from "./operation.js";
import { operationsBySubject as operations } from "./operations.js";
import { fetchWithRetries, reasonOf } from "./retrying-fetch.js";
import { problem, tokensOfRequest } from "./schemas.js";

export interface RemoteOptions {
	/** Scheme, address and port. */
	readonly url: string;
	readonly token: string;
}

export function openRemote(options: RemoteOptions): Administration {
	/** The answer has the operation's shape, with seconds since 1970 for times: see `fromJson`. */
	const call = async <T>(one: Operation, input: object = {}, bytes?: Uint8Array): Promise<T> => {
		const answer = one.output.safeParse(await exchange(options, one, input, bytes));
		if (answer.success) return fromJson(answer.data) as T;
		throw new OperatorError("usage", options.url + " is not this version's service. Update both.");
	};
	return {
		...{ users: usersOf(call), products: productsOf(call), tokens: tokensOf(call) },
		batches: batchesOf(call),
		factoryImages: {
			set: (product, image) => call(operations.factoryImages.set, { product }, image),
			show: (product) => call(operations.factoryImages.show, { product }),
			remove: (product) => call(operations.factoryImages.remove, { product }),
		},
		...{ devices: devicesOf(call), bundles: bundlesOf(call), rollOuts: rollOutsOf(call) },
		steppingStones: {
			list: (product) => call(operations.products.steppingStones, { code: product }),
			remove: (product, ordinal) =>
				call(operations.products.removeSteppingStone, { code: product, ordinal }),
		},
		apiTokens: apiTokensOf(call),
		certificates: {
			show: () => call(operations.service.certificate),
			list: () => call(operations.service.authorities),
		},
		revocations: {
			show: () => call(operations.service.revocations),
			setUrl: (url) => call(operations.service.setRevocationsUrl, { url }),
		},
		auditPages: (part, filter) => auditPagesOf(call, part, filter),
		close: async () => undefined,
	};
}

/** A list of any length, page by page. */
function pages<Row, Key>(
	call: Call,
	one: Operation,
	filter: object,
	part: Part<Key> | undefined,
	keyOf: (row: Row) => Key,
): AsyncGenerator<Row[]> {
	return pagesOf((page) => call<Row[]>(one, { ...filter, ...page }), keyOf, part);
}

/** Without `after` it is the newest entries: one answer holds them. */
async function* auditPagesOf(
	call: Call,
	{ after, limit }: Part<number>,
	filter: AuditFilter = {},
): AsyncGenerator<StoredAuditEntry[]> {
	const one = operations.service.audit;
	if (after === undefined && limit !== undefined) yield await call(one, { ...filter, limit });
	else
		yield* pages(call, one, filter, { after: after ?? 0, limit }, ({ id }: StoredAuditEntry) => id);
}

type Call = <T>(one: Operation, input?: object, bytes?: Uint8Array) => Promise<T>;

function usersOf(call: Call): Administration["users"] {
	const { list, show, add, setRole, setEmail, invite, remove } = operations.users;
	return {
		list: (part) => collect(pages(call, list, {}, part, ({ name }: User) => name)),
		show: (name) => call(show, { name }),
		add: (name, { role, email } = {}) => call(add, { name, role, email }),
		setRole: (name, role) => call(setRole, { name, role }),
		setEmail: (name, email) => call(setEmail, { name, email }),
		invite: (name, { lifeSeconds } = {}) => call(invite, { name, lifeSeconds }),
		remove: (name) => call(remove, { name }),
	};
}

function productsOf(call: Call): Administration["products"] {
	const one = operations.products;
	return {
		list: () => call(one.list),
		show: (code) => call(one.show, { code }),
		versions: (code) => call(one.versions, { code }),
		add: (product) => call(one.add, product),
		set: (code, changes) => call(one.set, { code, ...changes }),
		remove: (code) => call(one.remove, { code }),
		share: (code, user) => call(one.share, { code, user }),
		unshare: (code, user) => call(one.unshare, { code, user }),
		lock: (code) => call(one.lock, { code }),
		unlock: (code) => call(one.unlock, { code }),
		setFloor: (code, version) => call(one.setFloor, { code, version }),
		setUpdateInterval: (code, seconds) => call(one.setUpdateInterval, { code, seconds }),
	};
}

function tokensOf(call: Call): Administration["tokens"] {
	const one = operations.tokens;
	return {
		pages: (part) => pages(call, one.list, {}, part, ({ id }: Token) => id),
		addProvisioning: (options) => call(one.addProvisioning, options),
		async addProvisioningMany(count, options, onMade) {
			for (let left = count; left > 0; left -= tokensOfRequest) {
				const part = { count: Math.min(left, tokensOfRequest), ...options };
				(await call<NewToken[]>(one.addProvisioningMany, part)).forEach(onMade);
			}
		},
		addClaim: (options) => call(one.addClaim, options),
		addActivation: (options) => call(one.addActivation, options),
		addTransfer: ({ device, user, lifeSeconds }) =>
			call(one.addTransfer, { device, user, lifeSeconds }),
		revoke: (id) => call(one.revoke, { id }),
	};
}

function batchesOf(call: Call): Administration["batches"] {
	const one = operations.batches;
	return {
		add: (batch) => call(one.add, batch),
		list: () => call(one.list),
		show: (name) => call(one.show, { name }),
		close: (name) => call(one.close, { name }),
		boards: (name, part) =>
			pages(call, one.boards, { name }, part, ({ hardware }: BatchBoard) => hardware),
		addBoard: (name, board) => call(one.addBoard, { name, ...board }),
		finishBoard: (name, board) => call(one.finishBoard, { name, ...board }),
	};
}

function devicesOf(call: Call): Administration["devices"] {
	const one = operations.devices;
	return {
		pages: (filter, part) => pages(call, one.list, { ...filter }, part, ({ uuid }: Device) => uuid),
		show: (uuid) => call(one.show, { uuid }),
		release: (uuid) => call(one.release, { uuid }),
		rename: (uuid, name) => call(one.rename, { uuid, name }),
		tag: (uuid, tag) => call(one.tag, { uuid, tag }),
		pin: (uuid, version) => call(one.pin, { uuid, version }),
		swap: (uuid, hardware) => call(one.swap, { uuid, hardware }),
		lock: (uuid) => call(one.lock, { uuid }),
		unlock: (uuid) => call(one.unlock, { uuid }),
		revoke: (uuid, reason) => call(one.revoke, { uuid, reason }),
		certificate: (uuid) => call(one.certificate, { uuid }),
		outlook: (uuid) => call(one.outlook, { uuid }),
		delete: (uuid) => call(one.delete, { uuid }),
	};
}

function bundlesOf(call: Call): Administration["bundles"] {
	const one = operations.bundles;
	return {
		addKey: (statement, since) => call(one.addKey, { since }, statement),
		publish: (bundle) => call(one.publish, {}, encodeBundle(bundle)),
		list: (product) => call(one.list, { product }),
		show: (product, version) => call(one.show, { product, version }),
		tag: (product, version, tag, rollOut) => call(one.tag, { product, version, tag, ...rollOut }),
		untag: (product, tag) => call(one.untag, { product, tag }),
		withdraw: (product, version) => call(one.withdraw, { product, version }),
	};
}

function rollOutsOf(call: Call): Administration["rollOuts"] {
	const one = operations.rollOuts;
	return {
		show: (product, tag) => call(one.show, { product, tag }),
		pause: (product, tag) => call(one.pause, { product, tag }),
		resume: (product, tag) => call(one.resume, { product, tag }),
	};
}

function apiTokensOf(call: Call): Administration["apiTokens"] {
	const { listApiTokens, addApiToken, revokeApiToken } = operations.service;
	return {
		list: () => call(listApiTokens),
		add: (token) => call(addApiToken, token),
		revoke: (name) => call(revokeApiToken, { name }),
	};
}

/** Asks, and resolves with the answer's JSON. */
async function exchange(
	{ url, token }: RemoteOptions,
	one: Operation,
	input: object,
	bytes: Uint8Array | undefined,
): Promise<unknown> {
	const fields = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
	let path = one.path;
	for (const name of pathFieldsOf(one)) {
		path = path.replace(`{${name}}`, encodeURIComponent(String(fields.get(name))));
		fields.delete(name);
	}
	const hasBody = one.method !== "GET" && bytes === undefined;
	const query = hasBody ? "" : "?" + new URLSearchParams([...fields].map(textOf)).toString();
	const { status, text } = await fetchWithRetries(new URL(apiPath + path + query, url), {
		method: one.method,
		redirect: "error",
		headers: {
			authorization: "Bearer " + token,
			"content-type": one.body ?? "application/json",
			// Asked for again, it is done once.
			...(isRepeatable(one) && { "idempotency-key": `"${randomUUID()}"` }),
		},
		...(hasBody && { body: JSON.stringify(Object.fromEntries(fields)) }),
		...(bytes !== undefined && { body: Buffer.from(bytes) }),
	}).catch((error: unknown) => {
		throw new OperatorError("service-unknown", `There is no service at ${url}: ${reasonOf(error)}`);
	});
	const value = parse(text);
	if (status < 300) return value;
	const said = problem.safeParse(value);
	if (said.success) throw new RemoteError(said.data.rule, said.data.detail);
	throw new OperatorError("service-unknown", strangerAt(url, status));
}

/** What an answer means that isn't the service's: most likely it is a proxy's in front of it. */
function strangerAt(url: string, status: number): string {
	if (status === 413) {
		return (
			`A proxy at ${url} lets nothing of that length through (413). ` +
			"Raise its limit: in nginx, client_max_body_size."
		);
	}
	if (status >= 502 && status <= 504) {
		return (
			`A proxy at ${url} doesn't reach the service (${status}). ` +
			"Is the service running, and does the proxy have its address?"
		);
	}
	return `${url} answers ${status}, and is no opendms.`;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function textOf([name, value]: [string, unknown]): [string, string] {
	return [name, String(value)];
}
