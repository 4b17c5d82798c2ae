/** All decoders of messages: what they take keeps to its limits, and has nothing unprintable. */

import {
	decodeAcknowledgeRequest,
	decodeActivateRequest,
	decodeClaimReply,
	decodeClaimRequest,
	decodeHello,
	decodeHelloReply,
	decodeProvisionReply,
	decodeProvisionRequest,
	decodeRefusal,
	isUuid,
	messageLengthMaximum,
} from "../../../src/protocol/messages.js";
import {
	decodeKeyStatement,
	decodeSignedStatement,
	decodeStatement,
	decodeUpdateOffer,
	decodeUpdateQuery,
	decodeUpdateReport,
} from "../../../src/protocol/update.js";
import { isTrue } from "../../device/check.js";
import type { Probe } from "./probe.js";

type Decode = (bytes: Uint8Array) => object | undefined;

const decoders: readonly Decode[] = Object.freeze<Decode[]>([
	decodeHelloReply,
	decodeHello,
	decodeProvisionRequest,
	decodeProvisionReply,
	decodeAcknowledgeRequest,
	decodeClaimRequest,
	decodeClaimReply,
	decodeActivateRequest,
	decodeRefusal,
	decodeSignedStatement,
	decodeKeyStatement,
	decodeStatement,
	decodeUpdateQuery,
	decodeUpdateOffer,
	decodeUpdateReport,
]);

/** No byte string in a message is longer than a message. */
const bytesLengthMaximum = 4096;

export const messagesProbe: Probe = Object.freeze<Probe>({
	lengthMaximum: 1024,
	allocationBase: 4096,
	allocationFactor: 64,
	run: (input) => {
		let taken = "";
		for (const [index, decode] of decoders.entries()) {
			const message = decode(input);
			if (message === undefined) continue;
			taken += " " + index;
			for (const [name, value] of Object.entries(message)) check(name, value);
		}
		return "taken by" + taken;
	},
});

function check(name: string, value: unknown): void {
	if (typeof value === "string") {
		isTrue(value.length > 0 && value.length <= messageLengthMaximum, name + " has its limit");
		isTrue(!/[\x00-\x1f\x7f-\x9f]/.test(value), name + " is printable");
		if (name === "uuid") isTrue(isUuid(value) && value === value.toLowerCase(), "a UUID");
	} else if (value instanceof Uint8Array) {
		isTrue(value.length > 0 && value.length <= bytesLengthMaximum, name + " has its limit");
	} else if (value !== undefined) {
		isTrue(Number.isSafeInteger(value), name + " is a whole number");
	}
}
