/** QEMU with an ESP32-C3, and a person at its console. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { ErrorDigit, failureLines } from "../../src/console/reply.js";

const machine = "esp32c3";
/**
 * 2 to the 3rd nanoseconds an instruction: the chip's clock is of what it has done. By the clock of
 * a busy machine an interrupt of its timer gets lost, and then it stands still.
 */
const instructionTime = 3;
export const instructionsPerMillisecond = 1_000_000 / 2 ** instructionTime;
const prompt = "\r\n> ";
const failures = Object.values(ErrorDigit)
	.filter((digit) => digit !== ErrorDigit.Success)
	.map((digit) => failureLines(digit, "")[0]);
/** How a command ends that could not do its work: with a sentence that says why. */
const failure = new RegExp("^(?:" + failures.join("|") + ")\r\n([^]*?)" + prompt, "m");
/** An emulated chip takes seconds for what a chip does in one; an update waits for minutes. */
const limitMilliseconds = 900_000;
/** What the chip's ROM says, again and again, of flash without a boot loader. */
const noFirmware = "invalid header: 0x";
/** The chip's eFuses say revision 0.3: 1,024 bytes, all 0 but this. */
const efuseLength = 1024;
const revisionAt = 38;
const revision = 0x0c;

/** Says in a sentence why `path` is no QEMU for this, if it isn't. */
export function whyNotQemu(path: string): string | undefined {
	const { status, stdout } = spawnSync(path, ["-machine", "help"], { encoding: "utf8" });
	if (status !== 0) return path + " does not run.";
	if (new RegExp("^" + machine + "\\s", "m").test(stdout)) return undefined;
	return path + " has no machine " + machine + ": a QEMU for ESP32s is needed.";
}

/** The emulated board: its flash is a file, and power can be cut at any time. */
export class Emulator {
	readonly #qemu: string;
	readonly #folder: string;
	readonly #server: Server;
	#child: ChildProcess | undefined;
	#socket: Socket | undefined;
	/** All that the console has said since the last power-up. */
	transcript = "";
	#read = 0;
	#command = "";
	#wake: () => void = () => undefined;

	private constructor(qemu: string, folder: string, server: Server) {
		this.#qemu = qemu;
		this.#folder = folder;
		this.#server = server;
	}

	static async open(qemu: string, folder: string, flash: Uint8Array): Promise<Emulator> {
		writeFileSync(join(folder, "flash.bin"), flash);
		const efuse = new Uint8Array(efuseLength);
		efuse[revisionAt] = revision;
		writeFileSync(join(folder, "efuse.bin"), efuse);
		const server = createServer();
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		return new Emulator(qemu, folder, server);
	}

	/** Resolves when the console is connected; the chip starts at once. */
	async powerOn(): Promise<void> {
		const address = this.#server.address();
		if (typeof address !== "object" || address === null) throw new Error("no port");
		const drive = (name: string, kind: string): string[] => [
			"-drive",
			"file=" + join(this.#folder, name) + ",format=raw," + kind,
		];
		const property = (text: string): string[] => ["-global", "driver=" + text];
		const connected = once(this.#server, "connection");
		this.transcript = "";
		this.#read = 0;
		const child = spawn(
			this.#qemu,
			[
				...[
					"-M",
					machine,
					"-icount",
					String(instructionTime),
					"-display",
					"none",
					"-monitor",
					"none",
				],
				...drive("flash.bin", "if=mtd"),
				...drive("efuse.bin", "if=none,id=efuse"),
				...property("nvram.esp32c3.efuse,property=drive,value=efuse"),
				...property("timer.esp32c3.timg,property=wdt_disable,value=true"),
				...["-nic", "user,model=open_eth"],
				...["-serial", "tcp:127.0.0.1:" + address.port],
			],
			{ stdio: ["ignore", "ignore", "pipe"] },
		);
		this.#child = child;
		let said = "";
		child.stderr?.on("data", (bytes: Buffer) => (said += bytes.toString()));
		const ended = once(child, "exit").then(() => {
			throw new Error("QEMU has ended: " + said.trim().split("\n").at(-1));
		});
		ended.catch(() => this.#wake());
		const [socket] = (await Promise.race([connected, ended])) as [Socket];
		this.#socket = socket;
		socket.on("error", () => undefined); // The power is off.
		socket.on("data", (bytes: Buffer) => {
			this.transcript += bytes.toString("latin1");
			this.#wake();
		});
	}

	/** As when a plug is pulled: what is in flash stays. */
	async cutPower(): Promise<void> {
		const child = this.#child;
		this.#child = undefined;
		if (child === undefined || child.exitCode !== null) return;
		const ended = once(child, "exit");
		child.kill("SIGKILL");
		await ended;
		this.#socket?.destroy();
	}

	async close(): Promise<void> {
		await this.cutPower();
		this.#server.close();
	}

	/** What the console says, up to and with `text`. Throws when a command fails before that. */
	async until(text: string): Promise<string> {
		let isLate = false;
		const limit = setTimeout(() => {
			isLate = true;
			this.#wake();
		}, limitMilliseconds);
		try {
			for (;;) {
				const unread = this.transcript.slice(this.#read);
				const at = unread.indexOf(text);
				const failed = failure.exec(unread);
				if (failed !== null && !(at >= 0 && at < failed.index)) {
					throw new Error(this.#command + ": " + failed[1]);
				}
				if (at >= 0) {
					this.#read += at + text.length;
					return unread.slice(0, at + text.length);
				}
				if (this.transcript.includes(noFirmware)) {
					throw new Error("The emulated chip finds no firmware in its flash.");
				}
				const isOver = this.#child === undefined || this.#child.exitCode !== null;
				if (isLate || isOver) {
					throw new Error(JSON.stringify(text) + " did not come; last: " + this.#last);
				}
				await new Promise<void>((resolve) => (this.#wake = resolve));
			}
		} finally {
			clearTimeout(limit);
		}
	}

	get #last(): string {
		return this.transcript.trim().split(/\r?\n/).slice(-3).join(" / ").slice(-200);
	}

	/** The first prompt of a boot. */
	async ready(): Promise<void> {
		await this.until("[Ready]");
		await this.until(prompt);
	}

	send(line: string): void {
		[this.#command = ""] = line.split(" ");
		this.#socket?.write(line + "\r");
	}

	/**
	 * Types a line; the last line of the answer, as what the chip says by itself may come before
	 * it. Throws when the command fails.
	 */
	async type(line: string): Promise<string> {
		this.send(line);
		// Before the echo too; of a token it is asterisks.
		await this.until((/^dms_(provision|claim) /.test(line) ? "*" : line) + "\r\n");
		const answer = (await this.until(prompt)).slice(0, -prompt.length);
		return answer.split("\r\n").at(-1) ?? "";
	}
}
