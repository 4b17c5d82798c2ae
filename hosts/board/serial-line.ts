/** Where the board's serial line leads: this terminal, a TCP port, or a pseudo-terminal. */

import { spawn } from "node:child_process";
import { createServer, type Socket } from "node:net";
import type { Readable } from "node:stream";
import { makeRaw } from "../command/raw-terminal.js";
import { ptyPath } from "./xs/build/native.js";

/** One end of the line; the other is the board's UART. */
export interface SerialLine {
	/** What the device says. */
	write(bytes: Uint8Array): void;
	close(): void;
}

/** Takes what somebody sends; `onClear` is called when all of it has gone over the line. */
export type OnInput = (bytes: Uint8Array, onClear: () => void) => void;

/** What may wait for the line, which takes 6 s for it; who sends more has to wait. */
const waitingMaximum = 64 * 1024;

/** Ctrl-], as telnet's: it ends the session and nothing else is lost by it. */
const escapeByte = 0x1d;

/** When input from a file or pipe has ended, the answers may still be on their way. */
const silenceMilliseconds = 2000;

/** Reads no faster than the line is, in the long run: what somebody sends may never end. */
function readAtPace(stream: Readable, onInput: OnInput): void {
	let waiting = 0;
	stream.on("data", (bytes: Buffer) => {
		waiting += bytes.length;
		if (waiting > waitingMaximum) stream.pause();
		onInput(bytes, () => {
			waiting = 0;
			stream.resume();
		});
	});
}

/**
 * This process's own terminal; `onEnd` is called at Ctrl-], or when input that is no terminal's has
 * ended and the device has been silent for two seconds.
 */
export function stdioLine(onInput: OnInput, onEnd: () => void): SerialLine {
	const { stdin, stdout } = process;
	let silence: NodeJS.Timeout | undefined;
	const endAfterSilence = (): void => {
		clearTimeout(silence);
		silence = setTimeout(onEnd, silenceMilliseconds);
	};
	const restore = stdin.isTTY ? makeRaw(stdin) : undefined;
	stdin.on("end", endAfterSilence);
	stdin.on("error", endAfterSilence);
	const listen = (): void => {
		readAtPace(stdin, (bytes, onClear) => {
			const end = bytes.indexOf(escapeByte);
			onInput(end < 0 ? bytes : bytes.subarray(0, end), onClear);
			if (end >= 0) onEnd();
		});
	};
	let isListening = false;
	return {
		write(bytes) {
			stdout.write(bytes);
			if (!isListening) listen(); // What came before, the device would not have heard.
			isListening = true;
			if (silence !== undefined) endAfterSilence();
		},
		close() {
			clearTimeout(silence);
			restore?.();
			stdin.pause();
		},
	};
}

/** A port on this machine: one client at a time, as on a cable. */
export async function tcpLine(
	port: number,
	onInput: OnInput,
): Promise<SerialLine & { readonly port: number }> {
	let client: Socket | undefined;
	const server = createServer((socket) => {
		if (client !== undefined) return void socket.destroy();
		client = socket;
		socket.setNoDelay(true);
		readAtPace(socket, onInput);
		socket.on("error", () => undefined); // `close` follows.
		socket.on("close", () => (client = undefined));
	});
	await new Promise<void>((resolve, reject) => {
		server.on("error", ({ message }) => {
			reject(new Error("no serial line at port " + port + ": " + message));
		});
		server.listen(port, "127.0.0.1", resolve);
	});
	const address = server.address();
	return {
		port: typeof address === "object" && address !== null ? address.port : port,
		write(bytes) {
			// What nobody reads is lost, as on a cable.
			if (client !== undefined && client.writableLength < waitingMaximum) client.write(bytes);
		},
		close() {
			client?.destroy();
			server.close();
		},
	};
}

/**
 * A pseudo-terminal, with a link to it at `path`: for programs that want a serial port. `onEnd`
 * hears why there is none, or none any more.
 */
export function ptyLine(
	path: string,
	onInput: OnInput,
	onEnd: (reason: string) => void = () => undefined,
): SerialLine {
	const child = spawn(ptyPath, [path], { stdio: ["pipe", "pipe", "inherit"] });
	readAtPace(child.stdout, onInput);
	child.stdin.on("error", () => undefined); // The program has ended, which is told by itself.
	child.on("error", () =>
		onEnd("no pseudo-terminal: it needs gcc, and set-up; --uart tcp:0 doesn't"),
	);
	child.on("exit", (status) => status !== 0 && onEnd("no pseudo-terminal at " + path));
	return {
		write: (bytes) => void child.stdin.write(bytes),
		close: () => void child.stdin.end(),
	};
}
