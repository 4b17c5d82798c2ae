/** A device at the other end of a serial line: a board in this process, on V8. */

import { existsSync, watch } from "node:fs";
import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Board } from "../../hosts/board/board.js";
import { buildImage } from "../../hosts/board/build-image.js";
import { openBoard } from "../../hosts/board/open-board.js";
import { ptyLine, type SerialLine, tcpLine } from "../../hosts/board/serial-line.js";
import { MemoryState } from "../../hosts/board/state.js";
import { ptyPath } from "../../hosts/board/xs/build/native.js";

const image = buildImage({ version: "1.2.3.4" });

/** Why no pseudo-terminal can be made, for a test's `skip`; `false` where one can. */
export const noPty: string | false =
	!existsSync(ptyPath) && "there is no C compiler here, which the pseudo-terminal needs";

/** Resolves when the device is ready: what is typed before goes to nobody, as on a chip. */
async function powerOn(context: TestContext, line: () => SerialLine): Promise<Board> {
	let resolve = (): void => undefined;
	const ready = new Promise<void>((then) => (resolve = then));
	let said = "";
	const board = openBoard({
		state: new MemoryState(),
		image,
		processor: "v8",
		onOutput(bytes) {
			line().write(bytes);
			said = (said + Buffer.from(bytes).toString("latin1")).slice(-200);
			if (said.includes("[Ready]")) resolve();
		},
	});
	context.after(async () => {
		await board.powerOff();
		line().close();
	});
	board.powerOn();
	await ready;
	return board;
}

export interface Device {
	/** What `opendms console` calls it. */
	readonly place: string;
	readonly board: Board;
	/** As when its cable is pulled. */
	cut(): void;
}

export async function deviceAtTcp(context: TestContext): Promise<Device> {
	let board: Board | undefined;
	const line = await tcpLine(0, (bytes, onClear) => board?.uart.input(bytes, onClear));
	board = await powerOn(context, () => line);
	return { place: "tcp:127.0.0.1:" + line.port, board, cut: () => line.close() };
}

export async function deviceAtPty(context: TestContext, folder: string): Promise<Device> {
	const place = join(folder, "serial");
	const watcher = watch(folder);
	let board: Board | undefined;
	const line = ptyLine(place, (bytes, onClear) => board?.uart.input(bytes, onClear));
	while (!existsSync(place)) await once(watcher, "change");
	watcher.close();
	board = await powerOn(context, () => line);
	return { place, board, cut: () => line.close() };
}

/** Somebody at a TCP port who is no device. */
export interface Other {
	readonly place: string;
	/** Resolves with all that has come once that matches. */
	heard(pattern: RegExp): Promise<string>;
}

/** `answer` says what to write when so much has come; by default nothing, ever. */
export async function otherAtTcp(
	context: TestContext,
	answer: (heard: string, socket: Socket) => string | void = () => undefined,
): Promise<Other> {
	const sockets = new Set<Socket>();
	let text = "";
	let look: () => void = () => undefined;
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		sockets.add(socket);
		socket.on("error", () => undefined);
		socket.on("data", (bytes: Buffer) => {
			text += bytes.toString();
			socket.write(answer(text, socket) ?? "");
			look();
		});
	}).listen(0, "127.0.0.1");
	context.after(() => {
		sockets.forEach((socket) => socket.destroy());
		server.close();
	});
	await once(server, "listening");
	const address = server.address();
	return {
		place: "tcp:127.0.0.1:" + (typeof address === "object" ? address?.port : ""),
		heard: (pattern) =>
			new Promise((resolve) => {
				look = () => pattern.test(text) && resolve(text);
				look();
			}),
	};
}
