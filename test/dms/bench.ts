/** The table that tests work at: a service in memory with a clock, a log, users and a product. */

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Authority, createAuthority } from "../../hosts/dms/authority/authority.js";
import type { LogEntry } from "../../hosts/dms/log.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import type { StoredAuditEntry } from "../../hosts/dms/storage/audit.js";
import { memory } from "../../hosts/dms/storage/database.js";
import { decodeMap, type MessagePackMap } from "../../src/protocol/message-pack.js";
import {
	decodeProvisionReply,
	decodeRefusal,
	type ProvisionReply,
} from "../../src/protocol/messages.js";
import { type Clock, createClock } from "./clock.js";
import { isOnPostgres, newDatabase } from "./engine.js";
import { createDevice, type Draft, type ProtocolDevice, requestOf } from "./protocol-device.js";

export interface Bench {
	readonly service: Service;
	readonly authority: Authority;
	readonly clock: Clock;
	readonly log: LogEntry[];
	/** Sends a draft and reads the answer. */
	send(draft: Draft): Promise<Reply>;
	/** Sends a draft that must be refused. */
	refused(draft: Draft): Promise<Refused>;
	audit(): Promise<StoredAuditEntry[]>;
	/** A new device that was given credentials, and has said so. */
	provisioned(changed?: { platform?: string }): Promise<Provisioned>;
	/** A provisioned device that this user owns. */
	claimed(user: string): Promise<Provisioned>;
}

export interface Reply {
	readonly status: number;
	readonly headers: Headers;
	readonly bytes: Uint8Array;
	readonly map: MessagePackMap | undefined;
}

export interface Refused {
	readonly status: number;
	readonly rule: string;
	readonly result: number;
	readonly message: string;
}

export interface Provisioned {
	readonly device: ProtocolDevice;
	readonly uuid: string;
	readonly token: string;
}

/** Closed when the test ends. Users alice and bob; alice's product ACME-LAMP for the esp32. */
export async function openBench(context: TestContext, clock = createClock()): Promise<Bench> {
	const authority = createAuthority(clock.seconds());
	const log: LogEntry[] = [];
	const database = isOnPostgres ? await newDatabase() : memory;
	const service = await openService({
		...{ database, authority, now: clock.now },
		addresses: ["dms.example.com:8443"],
		// A hash takes a fifth of a second, so that nobody can make many of them.
		passwordCost: { ln: 8, r: 8, p: 1 },
		log: (entry) => log.push(entry),
	});
	context.after(() => service.close());
	await service.users.add("alice");
	await service.users.add("bob");
	await service.products.add({
		code: "ACME-LAMP",
		title: "Acme Lamp",
		platform: "esp32",
		owner: "alice",
	});
	return benchOf(service, authority, clock, log);
}

export function benchOf(
	service: Service,
	authority: Authority,
	clock: Clock,
	log: LogEntry[] = [],
): Bench {
	const send = (draft: Draft) => sendTo(service, draft);
	const provisioned: Bench["provisioned"] = async (changed) => {
		const device = createDevice(clock);
		const { token } = await service.tokens.addProvisioning();
		const { uuid } = provisionReplyOf(await send(device.provision(token, {}, changed)));
		assert.equal((await send(device.acknowledge())).status, 204);
		return { device, uuid, token };
	};
	return {
		service,
		authority,
		clock,
		log,
		send,
		refused: async (draft) => refusalOf(await send(draft)),
		audit: () => service.audit(1_000),
		provisioned,
		async claimed(user) {
			const made = await provisioned();
			const { token } = await service.tokens.addClaim({ user });
			assert.equal((await send(made.device.claim(token))).status, 200);
			return made;
		},
	};
}

export async function sendTo(service: Service, draft: Draft): Promise<Reply> {
	return replyOf(await service.fetch(requestOf(draft)));
}

export async function replyOf(response: Response): Promise<Reply> {
	const bytes = new Uint8Array(await response.arrayBuffer());
	const { status, headers } = response;
	return { status, headers, bytes, map: decodeMap(bytes) };
}

export function provisionReplyOf(reply: Reply): ProvisionReply {
	assert.equal(reply.status, 200, JSON.stringify(reply.map));
	const decoded = decodeProvisionReply(reply.bytes);
	assert.ok(decoded);
	return decoded;
}

export function refusalOf(reply: Reply): Refused {
	assert.ok(reply.status >= 400, "status " + reply.status);
	const refusal = decodeRefusal(reply.bytes);
	assert.ok(refusal, "no refusal body with status " + reply.status);
	return { status: reply.status, ...refusal };
}
