/** Promises of the key-value storage. */

import type { Host, KeyValueDomain } from "../../src/host.js";
import { equal, isTrue, thrown } from "../device/check.js";
import { pattern, sameBytes } from "./pattern.js";
import { type Row, untilReset } from "./row.js";
import { offered } from "./surroundings.js";

const path = "contract";
const otherPath = "contract-other1";
const valueLengthMaximum = 4000;

function open(host: Host, name = path): KeyValueDomain {
	return host.keyValue.open({ path: name, format: "buffer" });
}

/** The domain for rows, with nothing in it. */
export function emptied(host: Host, name = path): KeyValueDomain {
	const domain = open(host, name);
	for (const key of [...domain]) domain.delete(key);
	return domain;
}

function valueOf(domain: KeyValueDomain, key: string): Uint8Array | undefined {
	const value = domain.read(key);
	return value === undefined ? undefined : new Uint8Array(value);
}

const first = Object.freeze({ length: 300, seed: 1 });
const second = Object.freeze({ length: 400, seed: 2 });

/** Writes values until one is refused; how many fit. */
function fill(domain: KeyValueDomain): number | undefined {
	for (let count = 0; count < 64; count++) {
		try {
			domain.write(String(count), pattern(480, count));
		} catch {
			return count;
		}
	}
	return undefined;
}

export const keyValueRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "what was never written reads as undefined",
		run: (host) => equal(emptied(host).read("nothing"), undefined),
	},
	{
		name: "what is written is read: every byte, at any length",
		run: (host) => {
			const domain = emptied(host);
			for (const length of [1, 2, 255, 256, 1000]) {
				domain.write("key", pattern(length, length));
				sameBytes(valueOf(domain, "key"), pattern(length, length), length + " bytes");
			}
		},
	},
	{
		name: "a value takes the place of a longer one whole",
		run: (host) => {
			const domain = emptied(host);
			domain.write("key", pattern(500, 1));
			domain.write("key", pattern(3, 2));
			sameBytes(valueOf(domain, "key"), pattern(3, 2));
		},
	},
	{
		name: "a view of other bytes is written as it is",
		run: (host) => {
			const domain = emptied(host);
			domain.write("key", pattern(100, 1).subarray(10, 20));
			sameBytes(valueOf(domain, "key"), pattern(100, 1).slice(10, 20));
		},
	},
	{
		name: "storage and program share no memory",
		run: (host) => {
			const domain = emptied(host);
			const written = pattern(8, 1);
			domain.write("key", written);
			written.fill(0);
			const read = valueOf(domain, "key");
			sameBytes(read, pattern(8, 1));
			read?.fill(0);
			sameBytes(valueOf(domain, "key"), pattern(8, 1));
		},
	},
	{
		name: "values of 4,000 bytes fit, and longer ones are refused and change nothing",
		run: (host) => {
			const domain = emptied(host);
			domain.write("key", pattern(valueLengthMaximum, 1));
			const error = thrown(() => domain.write("key", pattern(valueLengthMaximum + 1, 2)));
			isTrue(error instanceof Error, "an error");
			sameBytes(valueOf(domain, "key"), pattern(valueLengthMaximum, 1));
			domain.delete("key");
		},
	},
	{
		name: "keys of 15 characters fit, and longer ones are refused",
		run: (host) => {
			const domain = emptied(host);
			const key = "fifteen.letters";
			domain.write(key, pattern(3, 1));
			sameBytes(valueOf(domain, key), pattern(3, 1));
			thrown(() => domain.write(key + "x", pattern(3, 2)));
			equal([...domain], [key]);
		},
	},
	{
		name: "paths of 15 characters fit, and longer ones are refused",
		run: (host) => {
			const domain = emptied(host, otherPath);
			domain.write("key", pattern(3, 1));
			sameBytes(valueOf(domain, "key"), pattern(3, 1));
			domain.delete("key");
			thrown(() => open(host, otherPath + "x").write("key", pattern(3, 2)));
			equal([...domain], []);
		},
	},
	{
		name: "a deleted key is gone, and the others stay",
		run: (host) => {
			const domain = emptied(host);
			domain.write("a", pattern(3, 1));
			domain.write("b", pattern(3, 2));
			domain.delete("a");
			equal(domain.read("a"), undefined);
			sameBytes(valueOf(domain, "b"), pattern(3, 2));
			equal([...domain], ["b"]);
		},
	},
	{
		name: "iteration yields each key of the path once",
		run: (host) => {
			const domain = emptied(host);
			equal([...domain], []);
			const keys = ["record.a", "record.b", "x", "fifteen.letters"];
			for (const key of keys) domain.write(key, pattern(3, 1));
			domain.write("x", pattern(4, 2));
			equal([...domain].sort(), [...keys].sort());
			equal([...domain].length, keys.length, "a second time");
		},
	},
	{
		name: "paths don't share keys, and domains of one path do",
		run: (host) => {
			const [domain, other] = [emptied(host), emptied(host, otherPath)];
			domain.write("key", pattern(3, 1));
			equal(other.read("key"), undefined);
			other.write("key", pattern(3, 2));
			sameBytes(valueOf(open(host), "key"), pattern(3, 1));
			other.delete("key");
			sameBytes(valueOf(domain, "key"), pattern(3, 1));
		},
	},
	{
		name: "a closed domain keeps what it holds, and can be opened again",
		run: (host) => {
			const domain = emptied(host);
			domain.write("key", pattern(3, 1));
			domain.close();
			sameBytes(valueOf(open(host), "key"), pattern(3, 1));
		},
	},
	{
		name: "values outlast a reset",
		run: (host) => {
			const domain = emptied(host);
			domain.write("a", pattern(first.length, first.seed));
			domain.write("b", pattern(second.length, second.seed));
			host.system.restart();
			return untilReset();
		},
		afterReset: (host) => {
			const domain = open(host);
			sameBytes(valueOf(domain, "a"), pattern(first.length, first.seed));
			sameBytes(valueOf(domain, "b"), pattern(second.length, second.seed));
		},
	},
	{
		name: "erasing leaves nothing in any path, and a device that goes on",
		run: (host) => {
			emptied(host).write("a", pattern(3, 1));
			emptied(host, otherPath).write("b", pattern(3, 2));
			host.keyValue.erase();
			host.system.restart();
			return untilReset();
		},
		afterReset: (host) => {
			for (const name of [path, otherPath]) {
				const domain = open(host, name);
				equal([...domain], []);
				domain.write("c", pattern(3, 3));
				sameBytes(valueOf(domain, "c"), pattern(3, 3));
			}
		},
	},
	{
		name: "storage that can't be used throws at its opening and says why, and erasing mends it",
		run: async (host, around) => {
			await offered(around.storage).spoil();
			const error = thrown(() => open(host));
			isTrue(error instanceof Error && error.message !== "", "why");
			host.keyValue.erase();
			host.system.restart();
			await untilReset();
		},
		afterReset: (host) => {
			const domain = open(host);
			equal([...domain], []);
			domain.write("c", pattern(3, 3));
			sameBytes(valueOf(domain, "c"), pattern(3, 3));
		},
	},
	{
		name: "a read that fails throws, and takes nothing away",
		run: async (host, around) => {
			const storage = offered(around.storage);
			const domain = emptied(host);
			domain.write("key", pattern(3, 1));
			await storage.failReads(true);
			thrown(() => domain.read("key"));
			await storage.failReads(false);
			sameBytes(valueOf(domain, "key"), pattern(3, 1));
		},
	},
	{
		name: "an app's storage fills; what has no room is refused, and fits once there is",
		run: (host) => {
			const domain = emptied(host, otherPath);
			const refused = fill(domain);
			isTrue(refused !== undefined, "24 KiB of NVS are less than 64 values of 480 bytes");
			isTrue(Number(refused) >= 6, "room for " + refused + " values");
			equal([...domain].length, refused);
			for (const key of domain) sameBytes(valueOf(domain, key), pattern(480, Number(key)));
			domain.delete("0");
			domain.write("again", pattern(480, 1));
			for (const key of [...domain]) domain.delete(key);
		},
	},
	{
		name: "a write that power cuts leaves the old value, the new one or none, and no other hurt",
		run: async (host, around) => {
			const power = offered(around.power);
			const domain = emptied(host);
			domain.write("cut", pattern(first.length, first.seed));
			domain.write("other", pattern(first.length, first.seed));
			await power.failAtNextWrite();
			domain.write("cut", pattern(second.length, second.seed));
			await untilReset();
		},
		afterReset: (host) => {
			const domain = open(host);
			sameBytes(valueOf(domain, "other"), pattern(first.length, first.seed), "the other");
			const value = valueOf(domain, "cut");
			if (value !== undefined) {
				const { length, seed } = value.length === first.length ? first : second;
				sameBytes(value, pattern(length, seed), "the old or the new");
			}
			domain.write("cut", pattern(second.length, second.seed));
			sameBytes(valueOf(domain, "cut"), pattern(second.length, second.seed), "written again");
		},
	},
]);
