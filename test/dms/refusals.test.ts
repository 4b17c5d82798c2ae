import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { refusals, type Rule, sentenceOf } from "../../hosts/dms/rules/refusals.js";
import { messageLengthMaximum, nameLengthMaximum } from "../../src/protocol/messages.js";

const rules = Object.keys(refusals) as Rule[];

/** Rows of the table in section 6: status, rule, result. */
function rowsOfProtocol(): string[] {
	const page = readFileSync(new URL("../../../PROTOCOL.md", import.meta.url), "utf8");
	const section = page.slice(page.indexOf("## 6. Refusals"));
	const rows = [...section.matchAll(/^\| ([\d, ]+) \| `([a-z-]+)` \| (\d{4}) \|/gm)];
	return rows.map(([, status, rule, result]) => [status, rule, result].join(" "));
}

test("status and result of every rule are those of PROTOCOL.md section 6", () => {
	const rows = rowsOfProtocol();
	const ours = rules.map((rule) => {
		const { status, result } = refusals[rule];
		return [rule === "busy" ? "429, 503" : status, rule, result].join(" ");
	});
	const others = [
		"404, 405 request 2300",
		"408, 411, 413, 415, 416, 431 request 2300",
		"426 request 2300",
	];
	assert.deepEqual([...ours, ...others].sort(), rows.sort());
});

test("every refusal's sentence fits, with the longest names too, and has no gap left", () => {
	const name = "W".repeat(nameLengthMaximum);
	const names = { user: name, product: name, platform: name, current: name, hardware: name };
	for (const rule of rules) {
		const sentence = sentenceOf(rule, { ...names, command: "dms_provision" });
		assert.ok(sentence.length <= messageLengthMaximum, rule);
		assert.doesNotMatch(sentence, /[{}]/, rule);
		assert.match(sentence, /\.( .*)?/, rule);
	}
});
