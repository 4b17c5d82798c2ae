import assert from "node:assert/strict";
import { test } from "node:test";
import { readPlainInput, readPlainMember } from "../../hosts/dms/signature/plain-fields.js";
import { parseDictionaries } from "../../hosts/dms/signature/signature-input.js";
import { deviceLabel } from "../../src/protocol/signature.js";
import { createClock } from "./clock.js";
import { createKeyPair, draftOf } from "./protocol-device.js";

function fieldsOfPoll(): readonly [input: string, signature: string] {
	const parts = { method: "POST", path: "/update", body: { version: "1.0.0.0" } };
	const signer = { label: deviceLabel, key: createKeyPair() };
	const { headers } = draftOf(parts, [signer], createClock());
	return [headers["signature-input"] ?? "", headers["signature"] ?? ""];
}

test("what a device writes needs no parser, and is read as a parser reads it", () => {
	const [input, signature] = fieldsOfPoll();
	const read = readPlainInput(input, signature);
	assert.ok(read);
	assert.deepEqual({ expires: undefined, ...read }, parseDictionaries(input, signature, "device"));
	assert.equal("device=" + readPlainMember(signature), signature);
});

test("with any letter changed, it is read as a parser reads it, or left to the parser", () => {
	const [input, signature] = fieldsOfPoll();
	let count = 0;
	const check = (inputs: string, signatures: string): void => {
		const read = readPlainInput(inputs, signatures);
		if (read === undefined) return;
		count++;
		const parsed = parseDictionaries(inputs, signatures, deviceLabel);
		assert.deepEqual({ expires: undefined, ...read }, parsed, inputs + "\n" + signatures);
	};
	for (const letter of ['"', " ", ";", "=", ":", "0", "9", "a", "Z", "-", "(", ")", "\\", "\n"]) {
		for (let index = 0; index <= input.length; index++) {
			check(input.slice(0, index) + letter + input.slice(index + 1), signature);
			check(input.slice(0, index) + letter + input.slice(index), signature);
		}
		for (let index = 0; index <= signature.length; index++) {
			check(input, signature.slice(0, index) + letter + signature.slice(index + 1));
			check(input, signature.slice(0, index) + letter + signature.slice(index));
		}
	}
	assert.ok(count > 500, "changed nonces and signatures are still of the plain form: " + count);
});
