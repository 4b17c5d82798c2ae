/** Somebody at the serial console: types lines and reads answers, on virtual time. */

import { echoOf } from "../../example/scripted-user.js";
import type { Board } from "../../hosts/board/board.js";
import type { VirtualClock } from "../../hosts/board/clock.js";

const prompt = "> ";

/** Power has failed before the answer came. */
export class BoardIsOff extends Error {}

export class Terminal {
	/** All that the device has said. */
	transcript = "";
	readonly #clock: VirtualClock;
	#board: Board | undefined;
	#seen = 0;

	constructor(clock: VirtualClock) {
		this.#clock = clock;
	}

	readonly onOutput = (bytes: Uint8Array): void => {
		this.transcript += Buffer.from(bytes).toString();
	};

	join(board: Board): void {
		this.#board = board;
	}

	/** Turns the board on, and resolves when its console is ready. */
	async powerOn(): Promise<void> {
		this.#seen = this.transcript.length;
		this.#board?.powerOn();
		await this.#until(() => this.#fresh.endsWith(prompt));
	}

	/** Types a line without waiting for what comes of it. */
	send(line: string): void {
		this.#seen = this.transcript.length;
		this.#board?.uart.input(Buffer.from(line + "\r"));
	}

	/**
	 * Types a line; resolves with what the device says up to the next prompt, without the echo. A
	 * device that resets meanwhile may never have read it.
	 */
	async type(line: string): Promise<string> {
		this.send(line);
		const echo = echoOf(line);
		const isAnswered = (): boolean => {
			const start = this.#fresh.indexOf(echo);
			if (start < 0) return this.#fresh.includes("[Ready]") && this.#fresh.endsWith(prompt);
			return this.#fresh.slice(start + echo.length).endsWith("\r\n" + prompt);
		};
		await this.#until(isAnswered);
		const start = this.#fresh.includes(echo) ? this.#fresh.indexOf(echo) + echo.length : 0;
		return this.#fresh.slice(start, -prompt.length).trimEnd();
	}

	/** Resolves when the device has said `text`, counted from the last line typed. */
	async until(text: string): Promise<void> {
		await this.#until(() => this.#fresh.includes(text));
	}

	get #fresh(): string {
		return this.transcript.slice(this.#seen);
	}

	async #until(isDone: () => boolean): Promise<void> {
		await this.#clock.runUntil(() => isDone() || this.#board?.isOn !== true);
		if (!isDone()) throw new BoardIsOff();
	}
}
