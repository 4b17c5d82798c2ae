/** Requests that a test signs, or spoils, in its own way; and how they are refused. */

import assert from "node:assert/strict";
import { type Bench } from "./bench.js";
import { createNonce, type Draft, type KeyPair, origin, signText } from "./protocol-device.js";

export async function assertRefused(bench: Bench, draft: Draft, rule = "signature"): Promise<void> {
	const refused = await bench.refused(draft);
	assert.equal(refused.rule, rule, JSON.stringify(draft.headers));
	assert.equal(refused.status, 401);
	assert.equal(refused.result, rule === "clock" ? 2302 : 2301);
}

/** Sets a header field to what `change` makes of it, and insists that it is something else. */
export function alter(draft: Draft, name: string, change: (value: string) => string): Draft {
	const before = draft.headers[name] ?? "";
	const after = change(before);
	assert.notEqual(after, before);
	return { ...draft, headers: { ...draft.headers, [name]: after } };
}

interface Custom {
	/** The covered components with their values, in order. */
	readonly components: readonly (readonly [item: string, value: string])[];
	/** Behind the list: `;created=...`. */
	readonly parameters: string;
	/** The parameters as they are sent, when other than signed. */
	readonly sent?: string;
	/** Whether the base is a careless verifier's: components once, without their parameters. */
	readonly isCareless?: boolean;
}

/** `PUT /provision` with components and parameters of the test's own making, rightly signed. */
export function customDraft(
	key: KeyPair,
	custom: Custom,
	headers: Record<string, string> = {},
): Draft {
	const items = "(" + custom.components.map(([item]) => item).join(" ") + ")";
	const nameOf = (item: string) => (custom.isCareless ? item.replace(/;.*/, "") : item);
	const lines = custom.components.map(([item, value]) => nameOf(item) + ": " + value);
	const unique = custom.isCareless ? new Set(lines) : lines;
	const base = [...unique, '"@signature-params": ' + items + custom.parameters].join("\n");
	const signature = Buffer.from(signText(base, key)).toString("base64");
	return {
		method: "PUT",
		url: origin + "/provision",
		headers: {
			...headers,
			"signature-input": "device=" + items + (custom.sent ?? custom.parameters),
			signature: "device=:" + signature + ":",
		},
	};
}

export const required = [
	['"@method"', "PUT"],
	['"@path"', "/provision"],
] as const;

export function parametersOf(bench: Bench, key: KeyPair, more = ""): string {
	const created = bench.clock.seconds();
	return `;created=${created};nonce="${createNonce()}";keyid="${key.keyId}"${more}`;
}
