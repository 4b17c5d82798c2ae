import {
	identityOf,
	statusOf,
	withCredentials,
	withoutToken,
	withFactorySettings,
	withoutRelease,
	withToken,
} from "../../src/dms/lifecycle.js";
import { ProvisionStatus } from "../../src/dms/provision-status.js";
import {
	backoffMilliseconds,
	ceilingMaximumMilliseconds,
	randomFraction,
	retryAfterSeconds,
} from "../../src/network/retry.js";
import { type Cases, equal, isTrue } from "./check.js";

const key = new Uint8Array(32).fill(1);
const credentials = {
	certificate: Uint8Array.of(1),
	uuid: "ab".repeat(20),
	address: "dms.example.com",
	authority: Uint8Array.of(2),
};

export const lifecycleCases: Cases = Object.freeze({
	"a device goes from 0 to 3, one record at a time": () => {
		const blank = identityOf({});
		equal(statusOf(blank), ProvisionStatus.IncompleteAndNoToken);
		const held = identityOf(withToken(blank, "token", key));
		equal(statusOf(held), ProvisionStatus.IncompleteAndHaveToken);
		const stored = identityOf(withCredentials(held, credentials, 7));
		equal(statusOf(stored), ProvisionStatus.CompleteButNoAck);
		const done = identityOf(withoutToken(stored, 8));
		equal(statusOf(done), ProvisionStatus.Complete);
		equal(done.token, undefined);
		equal(done.time, 8);
	},
	"fields of a later firmware are kept through every step": () => {
		const blank = identityOf({ later: "kept" });
		const held = identityOf(withToken(blank, "token", key));
		const stored = identityOf(withCredentials(held, credentials, 7));
		const done = identityOf(withoutToken(stored, 8));
		const reset = identityOf(withFactorySettings(done));
		equal(reset.fields.later, "kept");
		equal(withoutRelease(reset, 9).later, "kept");
	},
	"a reset to factory settings leaves the identity, but no token and no time": () => {
		const held = identityOf(withToken(identityOf({}), "token", key));
		equal(withFactorySettings(held), {});
		const stored = identityOf(withCredentials(held, credentials, 7));
		for (const identity of [stored, identityOf(withoutToken(stored, 8))]) {
			const reset = identityOf(withFactorySettings(identity));
			equal([statusOf(reset), reset.isReleasePending], [ProvisionStatus.Complete, true]);
			equal([reset.key, reset.time, reset.token], [key, undefined, undefined]);
			equal(identityOf(withoutRelease(reset, 9)).time, 9);
		}
	},
	"a field of the wrong type counts as absent": () => {
		equal(statusOf(identityOf({ token: 7, key: "x", certificate: 1 })), 0);
		equal(statusOf(identityOf({ token: "t", key: new Uint8Array(31) })), 0);
		equal(identityOf({ uuid: "short" }).uuid, undefined);
	},
	"a new token in status 1 brings a new key and leaves nothing of the old": () => {
		const first = identityOf(withToken(identityOf({}), "one", key));
		const second = identityOf(withToken(first, "two", new Uint8Array(32).fill(2)));
		equal([second.token, second.key], ["two", new Uint8Array(32).fill(2)]);
	},
	"back-off doubles up to its ceiling, and never overflows": () => {
		equal(backoffMilliseconds(1, 0.999), 999);
		equal(backoffMilliseconds(4, 0.5), 4000);
		for (let failures = 1; failures < 5000; failures += 7) {
			const wait = backoffMilliseconds(failures, 0.9999);
			isTrue(wait >= 0 && wait <= ceilingMaximumMilliseconds, failures + " failures: " + wait);
		}
		equal(backoffMilliseconds(5000, 0), 0);
	},
	"retry-after takes seconds, and nothing that would stop a device for ever": () => {
		equal(retryAfterSeconds("120", undefined), 120);
		equal(retryAfterSeconds("1e99", undefined), 3_600);
		for (const bad of [undefined, "", "-5", "soon", "NaN", "Infinity"])
			equal(retryAfterSeconds(bad, undefined), 0, bad);
	},
	"retry-after takes a date by the answer's own clock, of which only what is ahead counts": () => {
		const date = "Sun, 06 Nov 1994 08:49:37 GMT";
		equal(retryAfterSeconds(date, "Sun, 06 Nov 1994 08:49:07 GMT"), 30);
		equal(retryAfterSeconds(date, date), 0);
		equal(retryAfterSeconds(date, "Sun, 06 Nov 1994 08:50:37 GMT"), 0);
		equal(retryAfterSeconds(date, "Thu, 01 Jan 1970 00:00:00 GMT"), 3_600);
		equal(retryAfterSeconds(date, undefined), 0);
		equal(retryAfterSeconds(date, "soon"), 0);
	},
	"back-off grows to its ceiling and stays there, whatever the number of failures": () => {
		let before = 0;
		for (const failures of [...Array(64).keys()].map((power) => 2 ** power)) {
			const ceiling = backoffMilliseconds(failures, 1);
			isTrue(ceiling >= before && ceiling <= ceilingMaximumMilliseconds, failures + " failures");
			for (const fraction of [0, 0.25, 0.5, 0.75]) {
				equal(backoffMilliseconds(failures, fraction), Math.floor(ceiling * fraction));
			}
			before = ceiling;
		}
		equal(before, ceilingMaximumMilliseconds);
	},
	"random bytes make a fraction from 0 to below 1": () => {
		equal(randomFraction({ random: (byteLength) => new Uint8Array(byteLength) }), 0);
		const highest = { random: (byteLength: number) => new Uint8Array(byteLength).fill(255) };
		isTrue(randomFraction(highest) < 1, "below 1");
	},
});
