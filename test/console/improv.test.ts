/** Wi-Fi set-up from a browser: the official client at one end, a board at the other. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Board } from "../../hosts/board/board.js";
import { buildImage } from "../../hosts/board/build-image.js";
import { RealClock } from "../../hosts/board/clock.js";
import { openBoard, type ProcessorKind } from "../../hosts/board/open-board.js";
import { MemoryState } from "../../hosts/board/state.js";
import { encodeFrame, FrameType } from "../../src/improv/frame.js";
import { createImprovClient, type ImprovClient } from "./improv-client.js";

const image = buildImage({ version: "1.2.3.4" });
const networks = [
	{ ssid: "home", passkey: "correct horse", rssi: -50 },
	{ ssid: "home", passkey: "correct horse", rssi: -60, bssid: "02:00:00:00:00:09" },
	{ ssid: "café", passkey: "", rssi: -70 },
];
const State = { Ready: 2, Provisioned: 4 } as const;

interface Desk {
	readonly board: Board;
	readonly client: ImprovClient;
	/** All that the device has said. */
	said(): string;
	/** Types at the same port. */
	type(text: string | Uint8Array): void;
	/** Resolves when the device has said `text` since it was last asked. */
	until(text: string): Promise<void>;
}

async function openDesk(context: TestContext, processor: ProcessorKind): Promise<Desk> {
	let said = "";
	let seen = 0;
	let onSaid = (): void => undefined;
	let deliver = (_bytes: Uint8Array): void => undefined;
	const board = openBoard({
		state: new MemoryState(),
		image,
		processor,
		networks,
		clock: new RealClock(),
		onOutput(bytes) {
			said += Buffer.from(bytes).toString("latin1");
			deliver(Uint8Array.from(bytes));
			onSaid();
		},
	});
	context.after(() => board.powerOff());
	const until = async (text: string): Promise<void> => {
		while (!said.includes(text, seen)) {
			await new Promise<void>((resolve) => (onSaid = resolve));
		}
		seen = said.length;
	};
	board.powerOn();
	await until("> ");
	const readable = new ReadableStream<Uint8Array>({
		start(controller) {
			deliver = (bytes) => controller.enqueue(bytes);
		},
		cancel() {
			deliver = () => undefined;
		},
	});
	const writable = new WritableStream<Uint8Array>({ write: (bytes) => board.uart.input(bytes) });
	const client = createImprovClient(context, { readable, writable });
	const type = (text: string | Uint8Array): void => board.uart.input(Buffer.from(text));
	return { board, client, said: () => said, type, until };
}

for (const processor of ["v8", "xs"] as const) {
	test("a browser finds the device and sets up its Wi-Fi, on " + processor, async (context) => {
		const { client, said, type, until } = await openDesk(context, processor);
		const info = await client.initialize(2000);
		assert.deepEqual(
			[info.firmware, info.version, info.chipFamily],
			["opendms", "1.2.3.4", "board"],
		);
		assert.equal(client.state, State.Ready);
		const found = await client.scan();
		assert.deepEqual(found, [
			{ name: "café", rssi: -70, secured: false },
			{ name: "home", rssi: -50, secured: true },
		]);
		await assert.rejects(client.provision("home", "wrong horse"), /UNABLE_TO_CONNECT/);
		await client.requestCurrentState();
		assert.equal(client.state, State.Ready);
		await client.provision("home", "correct horse");
		assert.equal(client.state, State.Provisioned);
		assert.equal(client.nextUrl, undefined, "there is no page on the device");
		assert.deepEqual((await client.requestNetworkState()).online, true);
		type("\r\n");
		type("get wlan.ssid\r\n");
		await until("home\r\n> ");
		assert.ok(!said().includes("correct horse"), "no passkey is echoed");
		await client.close();
	});
}

test("names are asked for, set, and kept", async (context) => {
	const { client, type, until } = await openDesk(context, "v8");
	await client.initialize(2000);
	assert.match(await client.getHostname(), /^opendms-[0-9a-f]{6}$/);
	assert.equal(await client.setHostname("lamp-1"), "lamp-1");
	await assert.rejects(client.setHostname("-no-"), /BAD_HOSTNAME/);
	assert.equal(await client.getHostname(), "lamp-1");
	assert.equal(await client.setDeviceName("Lamp in the hall"), "Lamp in the hall");
	type("reboot\r");
	await until("[Ready]\r\n> ");
	assert.equal(await client.getHostname(), "lamp-1");
	assert.equal(await client.getDeviceName(), "Lamp in the hall");
	await client.close();
});

test("what is no command, or no frame, is answered with its error", async (context) => {
	const { client, type, until } = await openDesk(context, "v8");
	await client.initialize(2000);
	const failure = (code: number): string =>
		Buffer.from(encodeFrame(FrameType.Error, [code])).toString("latin1");
	type(encodeFrame(FrameType.Command, [99, 0]));
	await until(failure(2));
	const broken = encodeFrame(FrameType.Command, [2, 0]);
	broken[broken.length - 2] = 0;
	type(broken);
	await until(failure(1));
	type(encodeFrame(FrameType.Command, [1, 3, 9, 65, 66]));
	await until(failure(1));
	type("get dms.provision.status\r");
	await until("0\r\n> ");
	await client.close();
});

test("a frame comes byte by byte, and its letters alone are text", async (context) => {
	const { type, said, until } = await openDesk(context, "v8");
	type("get dms.prov");
	await until("get dms.prov");
	type("ision.status\r");
	await until("0\r\n> ");
	for (const byte of encodeFrame(FrameType.Command, [2, 0])) type(Uint8Array.of(byte));
	await until("IMPROV\x01\x01\x01\x02");
	assert.ok(!said().includes("IMPROV\x01\x03"), "a host's frame is not echoed");
	type("IMPROVE\r");
	await until("Unknown command");
	type("get dms.provision.status\r\n");
	type(encodeFrame(FrameType.Command, [2, 0]));
	await until("IMPROV\x01\x01\x01\x02");
});
