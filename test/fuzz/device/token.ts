/** Provisioning tokens and addresses: what is taken is what `formatToken` would have written. */

import { utf8Decode } from "../../../src/encoding/utf8.js";
import { formatToken, parseAddress, parseToken } from "../../../src/protocol/token.js";
import { equal, isTrue } from "../../device/check.js";
import type { Probe } from "./probe.js";

export const tokenProbe: Probe = Object.freeze<Probe>({
	lengthMaximum: 300,
	allocationBase: 4096,
	allocationFactor: 64,
	run: (input, { crypto }) => {
		const text = utf8Decode(input);
		const address = parseAddress(text);
		if (address !== undefined) {
			isTrue(/^[a-z0-9.-]+$/.test(address.host), "a host has letters of hosts");
			isTrue(Number.isInteger(address.port) && address.port > 0, "a port is a number");
			return "address of " + address.host.split(".").length;
		}
		const token = parseToken(text, crypto);
		if (token === undefined) return "neither, of " + text.split("/").length;
		isTrue(parseAddress(token.address) !== undefined, "its address is one");
		equal(token.secret.length, 16);
		equal(token.fingerprint.length, 32);
		const isSame = formatToken(token, crypto) === text;
		return isSame ? "token" : "token in another case";
	},
});
