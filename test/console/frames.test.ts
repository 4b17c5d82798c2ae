/** Wi-Fi set-up from a browser while the line is in use: frames are found wherever they stand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../hosts/board/random.js";
import { encodeFrame, FrameType } from "../../src/improv/frame.js";
import { inWorld, network, type World } from "../journey/world.js";

const currentState = encodeFrame(FrameType.Command, [2, 0]);
/** The answer while no network is joined. */
const ready = Buffer.from(encodeFrame(FrameType.State, [2])).toString();
const refused = Buffer.from(encodeFrame(FrameType.Error, [1])).toString();
const pauseMilliseconds = 300;

function settings(name: string, secret: string): Uint8Array {
	const texts = [name, secret].map((text) => Buffer.from(text));
	const data = texts.flatMap((text) => [text.length, ...text]);
	return encodeFrame(FrameType.Command, [1, data.length, ...data]);
}

/** What the device says to these bytes, each piece after a pause. */
async function say({ terminal, board, clock }: World, ...pieces: Uint8Array[]): Promise<string> {
	terminal.transcript = "";
	for (const piece of pieces) {
		board.uart.input(piece);
		await clock.run(pauseMilliseconds);
	}
	return terminal.transcript;
}

/** What may stand in the line when a browser opens the port. */
const leftovers: readonly (readonly [name: string, bytes: Uint8Array])[] = [
	["a glitch", Buffer.of(0xff)],
	["a break", Buffer.of(0, 0)],
	["half a command", Buffer.from("get wl")],
	["a modem's escape", Buffer.from("+++")],
	["a modem's command", Buffer.from("AT")],
	["the beginning of a frame", Buffer.from("IMP")],
	["letters of a frame, twice", Buffer.from("IMPROVIMPROV")],
	["a frame cut behind its beginning", currentState.subarray(0, 7)],
	["a frame cut in its data", currentState.subarray(0, 9)],
	["an escape character", Buffer.from("\x1b")],
	["half an escape sequence", Buffer.from("\x1b[1")],
	["a string without its end", Buffer.from("\x1b]0;title")],
	["a loader's greeting", Buffer.from("c00008240000000000070712205555".padEnd(90, "5"), "hex")],
	["a line that is too long", Buffer.from("x".repeat(300))],
	["quotation marks", Buffer.from('set wlan.ssid "')],
	["a secret", Buffer.from("set wlan.passkey corr")],
	["a line being edited", Buffer.from("get wlan\x1b[D\x1b[D")],
];

for (const processor of ["v8", "xs"] as const) {
	test("a browser finds the device whatever stands in its line, on " + processor, async () => {
		await inWorld({ processor }, async (world) => {
			const { terminal, board } = world;
			await terminal.powerOn();
			for (const format of ["human", "machine"]) {
				await say(world, Buffer.from("set system.cmd.format " + format + "\r"));
				for (const [name, bytes] of leftovers) {
					const said = await say(world, bytes, currentState);
					assert.ok(said.includes("\r\n" + ready), name + " in " + format + ": " + said);
					await say(world, Buffer.from("\r"));
					const answer = await say(world, Buffer.from("get wlan.network.status\r"));
					assert.match(answer, /\r\n0\r\n/, "behind " + name);
				}
			}
			assert.deepEqual(board.faults, []);
		});
	});
}

test("a line that was begun before a frame goes on behind it", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		await world.terminal.powerOn();
		await say(world, Buffer.from("get dms.prov"));
		const said = await say(world, currentState);
		assert.ok(said.endsWith("\r\n" + ready + "> get dms.prov"), said);
		assert.match(await say(world, Buffer.from("ision.status\r")), /^ision.status\r\n0\r\n> $/);
		await say(world, Buffer.from("get wlan.\x1b[D"));
		assert.ok((await say(world, currentState)).includes(ready));
		assert.match(await say(world, Buffer.from("\x05mac\r")), /([0-9a-f]{2}:){5}/);
	});
});

test("a frame is found however it is split, with bytes of a line before and behind", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		const { terminal, board, clock } = world;
		await terminal.powerOn();
		const stream = Buffer.concat([Buffer.from("get wlan."), currentState, Buffer.from("rssi\r")]);
		const random = seededRandom(7);
		for (let round = 0; round < 40; round++) {
			terminal.transcript = "";
			for (let start = 0; start < stream.length;) {
				const [length = 1] = random(1);
				const end = start + 1 + (length % 9);
				board.uart.input(stream.subarray(start, end));
				await clock.run(length % 40);
				start = end;
			}
			await clock.run(pauseMilliseconds);
			assert.equal(terminal.transcript.split(ready).length - 1, 1, terminal.transcript);
			assert.match(terminal.transcript, /Unknown variable or option/, "get wlan.rssi was read");
		}
	});
});

test("lengths in a frame are no keys: a network is set while a line is half typed", async () => {
	for (const length of [1, 3, 8, 9, 10, 13, 27, 32]) {
		await inWorld({ processor: "v8" }, async (world) => {
			const { terminal, board } = world;
			const ssid = "n".repeat(length);
			board.radio.networks = [{ ...network, ssid }];
			await terminal.powerOn();
			await say(world, Buffer.from("x"));
			board.uart.input(settings(ssid, network.passkey));
			await world.clock.run(5000);
			assert.equal(board.radio.joined, ssid);
			assert.ok(!terminal.transcript.includes(network.passkey), "it is not echoed");
			assert.match(await say(world, Buffer.from("\r")), /Unknown command/, "x is still there");
		});
	}
});

test("a frame that is refused is refused whole: nothing of it is typed", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		await world.terminal.powerOn();
		const wrong = settings("home", "passkey of it").map((byte, index) =>
			index === 12 ? byte ^ 1 : byte,
		);
		const said = await say(world, wrong);
		assert.equal(said.replace(/^[^]*?\r\n/, ""), refused + "> ", JSON.stringify(said));
		assert.match(await say(world, Buffer.from("get wlan.network.status\r")), /\r\n0\r\n> $/);
	});
});

test("whatever breaks a frame in noise, nothing of it is run or shown", async () => {
	await inWorld({ processor: "v8", seed: 5, panic: "halt" }, async (world) => {
		const { terminal, board } = world;
		await terminal.powerOn();
		const random = seededRandom(5);
		const secret = "\rset wlan.ssid taken\r";
		const letters = Array.from(Buffer.from("\r\nx\t\x1b[A".repeat(3)));
		for (let round = 0; round < 400; round++) {
			const frame = settings("home" + secret, "passkey" + secret);
			const [kind = 0, place = 0, value = 0, noise = 0] = random(4);
			const at = 7 + (place % (frame.length - 8));
			const before = Uint8Array.from(letters.slice(0, noise % letters.length));
			const changed = frame.map((byte, index) => (index === at ? value : byte));
			const broken = kind < 170 ? changed : frame.subarray(0, at);
			if (Buffer.compare(broken, frame) === 0) continue;
			board.uart.input(Buffer.concat([before, broken]));
			await world.clock.run(2 * pauseMilliseconds);
			assert.ok(!terminal.transcript.includes("passkey"), at + " is " + value);
			const answer = await say(world, Buffer.from("\rget wlan.ssid\r"));
			assert.match(answer, /get wlan.ssid\r\n\r\n> $/, at + " is " + value);
		}
		assert.deepEqual(board.faults, []);
	});
});
